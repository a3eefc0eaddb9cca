/** Entry for pages with `@whisperr/web` 0.2.0 as published: one script that holds the SDK too. */
import { Whisperr } from "outside-web";
import { lendSdk } from "./other-page.ts";
import { driveOutsidePage } from "./outside-page.ts";
import { installVirtualTime } from "./virtual-time.ts";

if (frameElement === null) void driveOutsidePage(Whisperr, installVirtualTime());
else lendSdk(Whisperr);
