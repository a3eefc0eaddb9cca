/** Entry for Node as CommonJS: bundled to .cjs, so that `require` picks the SDK's other build. */
import type * as sdk from "@whisperr/node";
import { driveNode } from "./node-driver.ts";

declare const require: (id: string) => typeof sdk;

void driveNode(() => require("@whisperr/node"));
