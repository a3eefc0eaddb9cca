/** The driver of pages, with an SDK that can become every mutant. */
import { channel, createWhisperr } from "@whisperr/browser";
import { drivePage } from "../../drivers/browser-driver.ts";
import { installVirtualTime } from "../../drivers/virtual-time.ts";
import { mutated } from "../mutated-sdk.ts";

void drivePage(mutated({ channel, createWhisperr }), installVirtualTime());
