/** Entry for Node as CommonJS: bundled to .cjs, so that `require` picks the SDK's other build. */

import { driveNode } from "@whisperr/conformance/drivers/node-driver.ts";
import type * as sdk from "@whisperr/node";

declare const require: (id: string) => typeof sdk;

void driveNode(() => require("@whisperr/node"));
