import { createReporter, portsOfNow, resolveOptions, webPorts } from "@whisperr/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { asyncHooks, timers } from "../process.ts";
import type { Command } from "./client.ts";
import { createPartition, endPartition, turn } from "./partition.ts";
import type { RunningRelay } from "./relay.ts";

const HOUR_MS = 3_600_000;

test("a relay that stops in the middle of a turn tells Redis all that is over, each entry", async () => {
  const told = new Set<string>();
  const command = async (_name: string, ...values: readonly string[]) => {
    // Redis answers later than the other one asks.
    await new Promise((resolve) => setImmediate(resolve));
    for (const value of values) told.add(value);
  };
  const relay = { command, prefix: "whisperr", isStopping: true } as unknown as RunningRelay;
  const partition = createPartition(relay, "0");
  const ids = Array.from({ length: 1_200 }, (_, index) => `${index}-0`);
  partition.settled = ids.map((id) => ({ id }));

  await Promise.all([turn(partition), endPartition(partition)]);

  expect(ids.filter((id) => !told.has(id))).toEqual([]);
  expect(partition.settled).toEqual([]);
});

test("a lease that ended while its process stood still, and is had again, begins anew: nothing waits for ever", {
  timeout: 60_000,
}, async () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(0);
  onTestFinished(() => now.mockRestore());
  const sent: string[] = [];
  const entry = JSON.stringify({ kind: "identify", body: '{"external_user_id":"ada"}' });
  const relay = aRelay(
    async (_name, script = "") => {
      if (script.includes("COUNT")) {
        // Longer than the lease. Its timer has had no time to say so.
        now.mockReturnValue(5_001);
        return [["1-0", ["operation", entry]]];
      }
      return 1;
    },
    (body) => void sent.push(body),
  );
  const partition = createPartition(relay, "0");

  await turn(partition);
  expect(sent).toEqual([]);
  await turn(partition);
  await vi.waitFor(() => expect(sent).toHaveLength(1), { timeout: 30_000 });

  relay.isStopping = true;
  await endPartition(partition);
});

test("what an identify says stays noted for as long as it waits for the API", async () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(0);
  onTestFinished(() => now.mockRestore());
  const body = '{"external_user_id":"ada"}';
  let notes = 0;
  const relay = aRelay(
    async (name, ...values) => {
      if (name === "EVAL" && values.includes(body)) notes += 1;
      const isFirst = values[0]?.includes("COUNT") && values.includes("0-0");
      return isFirst ? [["1-0", ["operation", JSON.stringify({ kind: "identify", body })]]] : 1;
    },
    () => new Promise(() => {}),
  );
  const partition = createPartition({ ...relay, leaseMs: 100 * HOUR_MS }, "0");
  const seen: number[] = [];
  for (const hours of [0, 0.5, 1, 1.5, 2, 3]) {
    now.mockReturnValue(hours * HOUR_MS);
    await turn(partition);
    seen.push(notes);
  }
  expect(seen).toEqual([1, 1, 2, 2, 3, 4]);

  await endPartition(partition);
});

function aRelay(command: Command, onRequest: (body: string) => unknown): RunningRelay {
  const fetch = async (_url: string, { body }: { readonly body: string }) => {
    await onRequest(body);
    return new Response("{}", { status: 202 });
  };
  const ports = { ...webPorts(fetch), ...portsOfNow(asyncHooks(), timers) };
  const options = resolveOptions({ apiKey: "wrk_test" }, { maxQueueSize: 100 });
  return {
    command,
    prefix: "whisperr",
    id: "this",
    leaseMs: 5_000,
    options,
    ports,
    reporter: createReporter(options, ports),
    partitions: new Map(),
    delivered: 0,
    dead: 0,
    isStopping: false,
    isStopped: false,
  };
}
