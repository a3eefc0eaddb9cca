/** What is kept for calls that wait for their user, and for how long. */
import { expect, test } from "vitest";
import { fakePorts, settle } from "../../test/fake-ports.ts";
import { anIdentify } from "../../test/operations.ts";
import { createServerClient } from "../client/server-client.ts";
import { resolveOptions } from "../resolve-options.ts";
import { giveUp, wait, waitingCalls } from "./waiting-calls.ts";

/** Two identifies that wait; the test ends their lookups. */
function waitingFixture(over: object = {}) {
  const options = { apiKey: "wrk_test", onError() {}, ...over };
  const { api, client } = createServerClient(options, resolveOptions(options), fakePorts().ports);
  const alone = client.outbox.append;
  const waiting = waitingCalls(client);
  const lookups = [0, 1].map(() => {
    let end: (user: unknown) => void = () => {};
    const user = new Promise<unknown>((resolve) => {
      end = resolve;
    });
    wait(waiting, anIdentify(), user, (operation, _id, add) => add(client, operation));
    return (id: unknown) => end(id);
  });
  const kept = () => [...waiting.late.said.keys()];
  return { api, client, alone, waiting, lookups, kept };
}

test("what is said is kept while somebody waits who is older, and the queue has no more to do than before", async () => {
  const { api, client, alone, lookups, kept } = waitingFixture();
  api.identify("ada", { traits: { plan: "pro" } });
  expect(kept()).toEqual(["ada"]);
  lookups[1]?.("bob");
  await settle();
  expect(kept()).toContain("ada");
  expect(client.outbox.append).not.toBe(alone);
  lookups[0]?.("bob");
  await settle();
  expect(kept()).toEqual([]);
  expect(client.outbox.append).toBe(alone);
  api.identify("ada", { traits: { plan: "team" } });
  expect(kept()).toEqual([]);
});

test("the same where calls make room for others, or are given up", () => {
  const full = waitingFixture({ maxQueueSize: 1 });
  full.api.identify("ada", { traits: { plan: "pro" } });
  expect(full.kept()).toEqual(["ada"]);
  wait(full.waiting, anIdentify(), new Promise(() => {}), () => {});
  expect(full.kept(), "the one that waits now is newer").toEqual([]);
  expect(full.client.outbox.append).not.toBe(full.alone);
  giveUp(full.waiting);
  expect(full.client.outbox.append).toBe(full.alone);
  expect([full.waiting.bytes, full.waiting.calls.size]).toEqual([0, 0]);
});

test("a call that has made room for others is held by nothing, though its lookup goes on", () => {
  const { waiting } = waitingFixture();
  const [first] = waiting.calls;
  giveUp(waiting);
  expect(first?.operation).toBeUndefined();
});
