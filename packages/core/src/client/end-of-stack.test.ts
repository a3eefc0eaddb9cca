/**
 * The `catch` of an endless recursion tracks what it has caught: calls come from each of the last frames of the call stack. Whatever
 * breaks off there, what is recorded later is delivered, the books balance, and whoever waits hears of it.
 */
import { expect, test } from "vitest";
import { clientFixture } from "../../test/client-fixture.ts";
import { callFromEnd } from "../../test/end-of-stack.ts";
import { settle } from "../../test/fake-ports.ts";
import type { WhisperrOptions } from "../options.ts";
import type { ServerClient } from "./server-client.ts";

const TIMEOUT_MS = 98_765;

const CALLS: Record<string, (client: ServerClient) => unknown> = {
  track: (client) => client.track("ada", "step_failed", { n: 1, at: new Date(0) }, { a: 1 }),
  "a bad track": (client) => client.track("ada", "Bad Name" as string),
  identify: (client) => client.identify("ada", { email: "ada@example.com" }),
  flush: (client) => client.flush(),
  "track and flush": (client) => {
    client.track("ada", "step_failed");
    return client.flush();
  },
};

const CLIENTS: Record<string, Partial<WhisperrOptions>> = {
  plain: {},
  "with a full queue": { maxQueueSize: 3 },
  "that flushes each": { flushAt: 1 },
  "with beforeSend": { beforeSend: (event) => event },
  "of few bytes": { maxQueueBytes: 2000 },
};

const all = Object.keys(CLIENTS).flatMap((kind) => Object.keys(CALLS).map((call) => [kind, call] as const));

test.each(all)("a client %s: %s at the end of the call stack", async (kind, name) => {
  for (const before of [0, 5]) {
    const { client, events, timers } = clientFixture({ ...CLIENTS[kind], requestTimeoutMs: TIMEOUT_MS });
    for (let i = 0; i < before; i++) client.track("ada", "before");
    const waiting: unknown[] = before === 5 ? [client.flush()] : [];
    callFromEnd(() => waiting.push(CALLS[name]?.(client)));
    client.track("ada", "after");
    let results: unknown;
    const flushed = Promise.all([...waiting, client.flush()]).then((all) => {
      results = all;
    });
    for (let i = 0; i < 2000 && !results; i++) {
      await settle();
      // Not that of a request: its answer is on the way.
      const delay = timers.delays().find((ms) => ms !== TIMEOUT_MS);
      if (delay !== undefined) timers.fire(delay);
    }
    expect(results, `${before} events before: everybody who waits hears of it`).toBeDefined();
    await flushed;
    const { accepted, delivered, dropped, pending } = client.stats();
    const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
    expect({ pending, missing: accepted - delivered - lost }).toEqual({ pending: 0, missing: 0 });
    expect(events.at(-1)?.event_type).toBe("after");
    const ids = events.map(({ context }) => context.$message_id);
    expect(new Set(ids).size).toBe(ids.length);
  }
});
