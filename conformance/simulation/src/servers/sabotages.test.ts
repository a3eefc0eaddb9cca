/** The simulation must be able to fail: it finds each of these within a few worlds. */
import { describe, expect, test } from "vitest";
import { shrink } from "../shrink.ts";
import { drawServers } from "./draw-servers.ts";
import { BROKEN_SDKS, type BrokenSdk } from "./sabotages.ts";
import { simulateServers } from "./simulate-servers.ts";

const MOST_WORLDS = 60;

interface Found {
  readonly seed: number;
  readonly message: string;
}

/** The first world in which a broken SDK is noticed. */
async function firstComplaint(broken: BrokenSdk): Promise<Found | undefined> {
  for (let seed = 1; seed <= MOST_WORLDS; seed++) {
    const message = await complaintOf(drawServers(seed), broken);
    if (message !== undefined) return { seed, message };
  }
  return undefined;
}

async function complaintOf(
  script: Parameters<typeof simulateServers>[0],
  broken: BrokenSdk,
): Promise<string | undefined> {
  return simulateServers(script, undefined, broken).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

describe("is noticed: an SDK that", () => {
  test.each(BROKEN_SDKS)("$title", async (broken) => {
    const found = await firstComplaint(broken);
    expect(found?.message).toMatch(broken.complaint);
  });
});

test("a failing world is shrunk to the few actions that it takes", async () => {
  const broken = BROKEN_SDKS.find(({ title }) => title.includes("keeps what was acknowledged")) as BrokenSdk;
  const found = (await firstComplaint(broken)) as Found;
  const script = { kind: "servers" as const, ...drawServers(found.seed) };

  const small = await shrink(script, (one) =>
    one.kind === "servers" ? complaintOf(one, broken) : Promise.resolve(undefined),
  );

  expect(small.actions.length).toBeLessThanOrEqual(4);
  expect(small.actions.length).toBeLessThan(script.actions.length / 4);
  if (small.kind !== "servers") throw new Error("another kind of world");
  expect(await complaintOf(small, broken)).toMatch(broken.complaint);
});
