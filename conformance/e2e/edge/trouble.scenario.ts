/** An API in trouble, for shorter than a platform grants: everything arrives, once, within `waitUntil`. */
import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "@whisperr/conformance/api";
import { describe, expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import { hosts } from "./edge-host.ts";
import { type EdgeStage, setEdgeStage } from "./edge-stage.ts";
import { record } from "./figures.ts";
import { untilStored } from "./numbered-events.ts";

const UNAVAILABLE: Fault = { kind: "status", status: 503 };

describe.each(Object.entries(hosts))("%s", (name, start) => {
  test("503 for 3 s", async () => {
    const stage = await setEdgeStage(start);
    stage.api.setDefault(UNAVAILABLE);
    const from = performance.now();
    await stage.ask("/track?events=3");
    // The length of the outage is what the scenario is about: this waits for nothing else.
    await pause(3000);
    stage.api.setDefault(null);
    await arrivesOnce(stage);
    record("503 for 3 s", name, "", { "arrived after ms": Math.round(performance.now() - from) });
  });

  test("429 with Retry-After: 2", async () => {
    const stage = await setEdgeStage(start);
    stage.api.play([{ kind: "status", status: 429, retryAfter: { seconds: 2 } }]);
    await stage.ask("/track?events=3");
    await arrivesOnce(stage);
    const [limited, again] = stage.api.requests;
    const waitedMs = (again?.receivedAtMs ?? 0) - (limited?.receivedAtMs ?? 0);
    record("429 with Retry-After: 2", name, "", { "waited ms": Math.round(waitedMs) });
    expect(stage.api.requests.length).toBe(2);
    expect(waitedMs).toBeGreaterThanOrEqual(1990);
  });

  test("an answer lost", async () => {
    const stage = await setEdgeStage(start);
    stage.api.play([{ kind: "accept-and-lose-answer", answer: "none" }]);
    await stage.ask("/track?events=3");
    await eventually("two attempts", () => stage.api.requests.length === 2);
    await arrivesOnce(stage);
    const [first, second] = stage.api.requests;
    expect(second?.text).toBe(first?.text);
  });
});

async function arrivesOnce({ api, report }: EdgeStage): Promise<void> {
  await untilStored(api, 3);
  await eventually("nothing held", async () => (await report()).open === 0);
  expect(await report()).toMatchObject({ errors: [], timers: 0 });
}
