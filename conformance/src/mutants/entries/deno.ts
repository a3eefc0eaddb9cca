/** The driver of Deno, with an SDK that can become every mutant. */
import { driveDeno } from "../../drivers/deno-driver.ts";
import { mutated } from "../mutated-sdk.ts";

await driveDeno(async () => mutated(await import("@whisperr/deno")));
