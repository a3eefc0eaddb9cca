/** Entry for `@whisperr/node` 0.1.2 as published: an app on it, written for what it has. */

import { driveNode } from "@whisperr/conformance/drivers/node-driver.ts";
import { outsideServer } from "./outside-server.ts";

await driveNode(async () => outsideServer(await import("outside-node")));
