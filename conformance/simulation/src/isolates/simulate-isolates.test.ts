import { expect, test } from "vitest";
import { drawIsolates, simulateIsolates } from "./simulate-isolates.ts";

test("a platform that does not hold requests is noticed: events end with them, or never go out", async () => {
  const complaints: string[] = [];
  for (let seed = 1; seed <= 10; seed++)
    await simulateIsolates(drawIsolates(seed), undefined, true).catch((error: Error) =>
      complaints.push(error.message),
    );
  expect(complaints).toHaveLength(10);
  expect(complaints.join("\n")).toMatch(/and says nothing/);
});

test("the global scope is as it was afterwards", async () => {
  const { setTimeout, clearTimeout } = globalThis;
  const [{ now }, { random }] = [Date, Math];
  await simulateIsolates(drawIsolates(1));
  expect([setTimeout, clearTimeout, now, random]).toEqual([
    globalThis.setTimeout,
    globalThis.clearTimeout,
    Date.now,
    Math.random,
  ]);
});
