/** Entry for Node 26: the driver of every Node, with the SDK whose file is the first argument. */
import { pathToFileURL } from "node:url";
import { driveNode } from "../drivers/node-driver.ts";
import type { ServerSdk } from "../drivers/server-sdk.ts";

// What is left are the arguments a driver expects.
const [file = ""] = process.argv.splice(2, 1);

await driveNode(async () => (await import(pathToFileURL(file).href)) as ServerSdk);
