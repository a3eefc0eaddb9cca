/** Entry for pages: one script that holds the SDK too. The clock is faked before the SDK is used, which reads it at each call. */
import { channel, createWhisperr } from "@whisperr/browser";
import { drivePage } from "@whisperr/conformance/drivers/browser-driver.ts";
import { lendSdk } from "@whisperr/conformance/drivers/other-page.ts";
import { installVirtualTime } from "@whisperr/conformance/drivers/virtual-time.ts";

const sdk = { channel, createWhisperr };
if (frameElement === null) void drivePage(sdk, installVirtualTime());
else lendSdk(sdk);
