/** Entry for pages with `@whisperr/web` 0.2.0 as published: one script that holds the SDK too. */

import { lendSdk } from "@whisperr/conformance/drivers/other-page.ts";
import { installVirtualTime } from "@whisperr/conformance/drivers/virtual-time.ts";
import { Whisperr } from "outside-web";
import { driveOutsidePage } from "./outside-page.ts";

if (frameElement === null) void driveOutsidePage(Whisperr, installVirtualTime());
else lendSdk(Whisperr);
