/** The driver of Node, with an SDK that can become every mutant. */
import { driveNode } from "../../drivers/node-driver.ts";
import { mutated } from "../mutated-sdk.ts";

await driveNode(async () => mutated(await import("@whisperr/node")));
