/** As `browser.ts`, in an engine that is as old as the syntax of the SDK. */
import "./es2020.ts";
import { channel, createWhisperr } from "@whisperr/browser";
import { drivePage } from "@whisperr/conformance/drivers/browser-driver.ts";
import { lendSdk } from "@whisperr/conformance/drivers/other-page.ts";
import { installVirtualTime } from "@whisperr/conformance/drivers/virtual-time.ts";

const sdk = { channel, createWhisperr };
if (frameElement === null) void drivePage(sdk, installVirtualTime());
else lendSdk(sdk);
