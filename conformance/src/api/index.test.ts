import { expect, test } from "vitest";
import * as api from "./index.ts";

test("the public surface is exactly this", () => {
  expect(Object.keys(api).sort()).toEqual([
    "BATCH_PATH",
    "ENDPOINT_PATHS",
    "IDENTIFY_PATH",
    "TRACK_PATH",
    "connectNode",
    "createIngestionApp",
    "faultSchema",
    "faultScriptSchema",
    "isJsonObject",
    "serveApp",
    "startIngestionApi",
    "whyTurnedAway",
  ]);
});
