/** As `browser.ts`, for the entry that leaves out what not every page needs. */
import { channel, createWhisperr } from "@whisperr/browser/slim";
import { drivePage } from "@whisperr/conformance/drivers/browser-driver.ts";
import { lendSdk } from "@whisperr/conformance/drivers/other-page.ts";
import { installVirtualTime } from "@whisperr/conformance/drivers/virtual-time.ts";

const sdk = { channel, createWhisperr };
if (frameElement === null) void drivePage(sdk, installVirtualTime());
else lendSdk(sdk);
