/** Entry for pages: one script that holds the SDK too. The clock is faked before the SDK is used, which reads it at each call. */
import { channel, createWhisperr } from "@whisperr/browser";
import { drivePage } from "./browser-driver.ts";
import { lendSdk } from "./other-page.ts";
import { installVirtualTime } from "./virtual-time.ts";

const sdk = { channel, createWhisperr };
if (frameElement === null) void drivePage(sdk, installVirtualTime());
else lendSdk(sdk);
