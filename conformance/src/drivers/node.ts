/** Entry for Node as ESM. The SDK is loaded after the clock is faked, hence the dynamic import. */
import { driveNode } from "./node-driver.ts";

await driveNode(() => import("@whisperr/node"));
