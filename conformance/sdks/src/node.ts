/** Entry for Node as ESM. The SDK is loaded after the clock is faked, hence the dynamic import. */
import { driveNode } from "@whisperr/conformance/drivers/node-driver.ts";

await driveNode(() => import("@whisperr/node"));
