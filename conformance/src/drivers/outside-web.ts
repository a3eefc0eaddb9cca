/** Entry for pages with `@whisperr/web` 0.2.0 as published: one script that holds the SDK too. */
import { Whisperr } from "outside-web";
import { driveOutsidePage } from "./outside-page.ts";
import { installVirtualTime } from "./virtual-time.ts";

void driveOutsidePage(Whisperr, installVirtualTime());
