import { expect, test } from "vitest";
import * as core from "../src/index.ts";

test("core exports exactly this, so that nothing becomes public by accident", () => {
  expect(Object.keys(core).sort()).toEqual([
    "MAX_TIMER_MS",
    "backoffDelayMs",
    "channel",
    "checkTypes",
    "classifyAnswer",
    "createDeviceClient",
    "createDisabledClient",
    "createEffectLoop",
    "createMemoryOutbox",
    "createReporter",
    "createServerClient",
    "createTransport",
    "cutBatch",
    "describeThrown",
    "diagnostics",
    "encodeEvent",
    "ignoreRejection",
    "initialState",
    "integer",
    "misuse",
    "mustBe",
    "oneOf",
    "readBoundedText",
    "resolveOptions",
    "transition",
    "utf8Bytes",
  ]);
});
