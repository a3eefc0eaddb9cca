/** What tracking adds to a response: nothing that the API's answer takes. Beside the same request without the SDK. */
import { describe, expect, test } from "vitest";
import { hosts } from "../edge/edge-host.ts";
import { setEdgeStage } from "../edge/edge-stage.ts";
import { untilStored } from "../edge/numbered-events.ts";
import { median } from "../figures.ts";
import { record } from "./figures.ts";

/** The API's, which the response must not wait for. */
const API_DELAY_MS = 200;
/** Of the API's answer time, this much at most may be noticed. */
const MAX_SHARE = 0.25;
const ROUNDS = 30;

describe.each(Object.entries(hosts))("%s", (name, start) => {
  test("a response waits for nothing", async () => {
    const stage = await setEdgeStage(start);
    stage.api.setDefault({ kind: "delay", ms: API_DELAY_MS });
    await stage.ask("/plain");
    await stage.ask("/track?events=5");
    const plain: number[] = [];
    const tracking: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      plain.push((await stage.ask("/plain")).ms);
      tracking.push((await stage.ask("/track?events=5")).ms);
    }
    record("Response, API takes 200 ms", name, "", {
      "without SDK, median ms": median(plain).toFixed(2),
      "five events, median ms": median(tracking).toFixed(2),
    });
    expect((median(tracking) - median(plain)) / API_DELAY_MS).toBeLessThan(MAX_SHARE);
    await untilStored(stage.api, 5 + ROUNDS * 5);
  });
});
