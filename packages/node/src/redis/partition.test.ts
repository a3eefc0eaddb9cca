import { expect, test } from "vitest";
import { createPartition, endPartition, turn } from "./partition.ts";
import type { RunningRelay } from "./relay.ts";

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
