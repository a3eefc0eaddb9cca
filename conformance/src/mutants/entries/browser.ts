/** The driver of pages, with an SDK that can become every mutant. */
import { channel, createWhisperr } from "@whisperr/browser";
import { drivePage } from "../../drivers/browser-driver.ts";
import { lendSdk } from "../../drivers/other-page.ts";
import { installVirtualTime } from "../../drivers/virtual-time.ts";
import { mutated } from "../mutated-sdk.ts";

const sdk = mutated({ channel, createWhisperr });
if (frameElement === null) void drivePage(sdk, installVirtualTime());
else lendSdk(sdk);
