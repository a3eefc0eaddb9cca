/** Entry for pages: one script that holds the SDK too. The clock is faked before the SDK is used, which reads it at each call. */
import { channel, createWhisperr } from "@whisperr/browser";
import { drivePage } from "./browser-driver.ts";
import { installVirtualTime } from "./virtual-time.ts";

void drivePage({ channel, createWhisperr }, installVirtualTime());
