/** Entry for pages: one script that holds the SDK too. The clock is faked before the SDK is used, which reads it at each call. */
import { channel, createWhisperr } from "@whisperr/browser";

<<<<<<< HEAD:conformance/src/drivers/browser.ts

import { drivePage } from "@whisperr/conformance/drivers/browser-driver.ts";
import { lendSdk } from "@whisperr/conformance/drivers/other-page.ts";
import { installVirtualTime } from "@whisperr/conformance/drivers/virtual-time.ts";

=======

import { drivePage } from "@whisperr/conformance/drivers/browser-driver.ts";
import { installVirtualTime } from "@whisperr/conformance/drivers/virtual-time.ts";

>>>>>>> a3db801 (Conformance: the SDKs of this repository and their runtimes are a workspace of their own):conformance/sdks/src/browser.ts

const sdk = { channel, createWhisperr };
if (frameElement === null) void drivePage(sdk, installVirtualTime());
else lendSdk(sdk);
