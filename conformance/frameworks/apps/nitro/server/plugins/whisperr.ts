import { whisperrNitro } from "@whisperr/node/nitro";
import { whisperr } from "../../../shop.ts";

export default whisperrNitro(whisperr, { closeTimeoutMs: 30_000 });
