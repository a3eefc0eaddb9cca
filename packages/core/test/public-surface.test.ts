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
    "createProcessLifecycle",
    "createReporter",
    "createServerClient",
    "createTransport",
    "cutBatch",
    "describeThrown",
    "diagnostics",
    "droppedMessage",
    "encodeEvent",
    "formatMessageId",
    "ignoreRejection",
    "initialState",
    "integer",
    "isHeld",
    "misuse",
    "mustBe",
    "oneOf",
    "parseOperation",
    "readBoundedText",
    "resolveOptions",
    "retryExhaustedMessage",
    "transition",
    "utf8Bytes",
  ]);
});
