/** SIGKILL in the middle of 5,000 events, with an outbox in Deno KV: what was safe arrives, once and in order. */

import type { Fault, IngestionApi } from "@whisperr/conformance/api";
import { startTestApi } from "@whisperr/conformance/api/fixture";
import { expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import { EVENTS, killOnceSafe, newFolder, trackOn, withOutbox } from "./kv-program.ts";
import { numbers, upTo } from "./numbers.ts";
import { runProgram, startProgram } from "./start-program.ts";

/** Where an app would go on that was killed: behind what was safe, or had arrived anyway. */
async function nextAfterKill(api: IngestionApi, safe: number): Promise<number> {
  await eventually("the API has read what was sent", () => api.inFlight() === 0);
  return Math.max(safe, ...numbers(api).map((n) => Number(n) + 1));
}

test("SIGKILL twice in the middle of 5,000 events: all arrive, in order", async () => {
  const api = await startTestApi();
  const folder = newFolder();
  let next = 0;
  for (const [round, count] of [1500, 3500].entries()) {
    // Two batches, 1,000 events at most; then it answers no more, and what is safe has not been sent.
    api.setDefault({ kind: "hang" });
    api.play([{ kind: "ok" }, { kind: "ok" }]);
    const safe = await killOnceSafe(startProgram(withOutbox(api, folder, trackOn(next), round)), count);
    next = await nextAfterKill(api, safe);
    // Or nothing would depend on the outbox.
    expect(api.store.events.length).toBeLessThan(safe);
  }
  api.setDefault(null);
  const ended = await runProgram(withOutbox(api, folder, trackOn(next), 2));
  expect(ended).toMatchObject({ exit: 0, stderr: "" });
  expect(numbers(api)).toEqual(upTo(EVENTS));
});

const TROUBLE: readonly Fault[] = [
  { kind: "ok" },
  { kind: "delay", ms: 20 },
  { kind: "status", status: 503 },
  { kind: "accept-and-lose-answer" },
  { kind: "reset", when: "after" },
  { kind: "hang" },
];

test("ten kills, each in the middle of some trouble at the API: all arrive, in order", async () => {
  const api = await startTestApi();
  const folder = newFolder();
  const impatient = "{ requestTimeoutMs: 100, backoff: { baseMs: 10, maxMs: 20 }, maxRetries: 1000 }";
  let next = 0;
  for (let kill = 0; kill < 10; kill++) {
    // Each run meets the faults in an order of its own, and gets some hundred events further.
    api.play(TROUBLE.map((_fault, index) => TROUBLE[(index * (kill + 1)) % TROUBLE.length] as Fault));
    const target = (Math.floor(next / 50) + 2 + ((kill * 5) % 7)) * 50;
    const program = startProgram(withOutbox(api, folder, trackOn(next, impatient), kill));
    next = await nextAfterKill(api, await killOnceSafe(program, target));
  }
  const last = withOutbox(api, folder, `${trackOn(next, impatient)} await whisperr.shutdown();`, 10);
  expect(await runProgram(last)).toMatchObject({ exit: 0, stderr: "" });
  expect(numbers(api)).toEqual(upTo(EVENTS));
});
