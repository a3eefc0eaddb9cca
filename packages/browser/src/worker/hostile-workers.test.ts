/** A worker whose built-ins were replaced by what throws, before its storage has opened or after: no call throws, and delivery goes on. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BUILT_IN, thrownWithout } from "../../../core/test/hostile-host.ts";
import { imbalance } from "../../../core/test/imbalance.ts";
import type { FakeIndexedDb } from "../../test/fake-indexed-db.ts";
import { fakeWorker } from "../../test/fake-worker.ts";
import { createWhisperr, type Whisperr } from "../worker.ts";

let database: FakeIndexedDb;
let open: () => void;
let names: string[];

beforeEach(() => {
  names = [];
  database = fakeWorker();
  database.gate = new Promise((resolve) => {
    open = resolve;
  });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const create = (): Whisperr =>
  createWhisperr({
    apiKey: "wrk_test",
    onError() {},
    async fetch(_url, { body }) {
      const { events = [] } = JSON.parse(body) as { events?: { event_type: string }[] };
      names.push(...events.map(({ event_type }) => event_type));
      return { status: 202, headers: new Headers(), text: async () => "{}" };
    },
  });

/** Made while all is well. */
const PROPERTIES = { items: [new Map([["a", 1]]), new Set([2])] };

const callsOf = (client: Whisperr): (() => unknown)[] => [
  () => client.track("meanwhile", PROPERTIES),
  () => client.identify("user_8842", { email: "ada@example.com" }),
  () => client.setPushToken("token"),
  () => client.setPushPermission("denied"),
  () => client.stats(),
  () => client.flush(),
  () => client.flush({ timeoutMs: 100 }),
  () => client.reset(),
  () => client.optOut(),
  () => client.optIn(),
];

async function expectDelivery(client: Whisperr): Promise<void> {
  await vi.advanceTimersByTimeAsync(5000);
  client.optIn();
  client.track("after");
  let isOver = false;
  void client.flush().then(() => {
    isOver = true;
  });
  for (let turn = 0; turn < 100 && !isOver; turn++) await vi.advanceTimersByTimeAsync(1000);

  expect(isOver).toBe(true);
  expect(names).toContain("after");
  expect(imbalance(client.stats())).toBe(0);
  void client.shutdown({ timeoutMs: 0 });
  await vi.advanceTimersByTimeAsync(5000);
}

describe.each([true, false])("with a storage that is open: %s", (isOpen) => {
  test.each(BUILT_IN)("%s that throws: no call does", async (...builtIn) => {
    const client = create();
    client.track("before");
    if (isOpen) open();
    await vi.advanceTimersByTimeAsync(10);
    const thrown = thrownWithout(builtIn, callsOf(client));
    expect(thrown).toEqual([]);
    open();
    await expectDelivery(client);
  });
});

test.each(BUILT_IN)("%s that throws from the start: nothing does", async (...builtIn) => {
  let client: Whisperr | undefined;
  const thrown = thrownWithout(builtIn, [
    () => {
      client = create();
    },
  ]);
  open();
  expect(thrown).toEqual([]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(client).toBeDefined();
});

test.each<[string, object]>([
  [
    "throws when it is read",
    {
      get timeoutMs() {
        throw new Error("odd");
      },
    },
  ],
  ["is a symbol", { timeoutMs: Symbol("soon") }],
])("a deadline that %s throws from no call before the storage is open", async (_name, settings) => {
  const client = create();
  for (const call of ["flush", "shutdown"] as const)
    expect(() => void client[call](settings as { timeoutMs: number }).catch(() => {})).not.toThrow();
});
