/** The last `identify()` is the server's last word, whichever isolate comes late. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aStorage, type FakeStorage } from "../../../test/durable-fixtures.ts";
import { resolveDelivery } from "../settings.ts";
import { createOutboxObject, handOver, onAlarm } from "./delivery.ts";

const NOW = 1_800_000_000_000;
const DAY_MS = 86_400_000;

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());

/** An object, which may be another one on the same storage, and what the API heard of it. */
function anObject(storage: FakeStorage = aStorage(), heard: string[] = []) {
  const settings = resolveDelivery(
    {
      apiKey: "wrk_test",
      flushIntervalMs: 1000,
      onError() {},
      async fetch(_url, { body }) {
        const { traits } = JSON.parse(body) as { traits: { plan: string } };
        heard.push(traits.plan);
        return {
          status: traits.plan === "refused" ? 400 : 202,
          headers: { get: () => null },
          text: async () => "",
        };
      },
    },
    {},
    { maxQueueSize: 10_000 },
  );
  const object = createOutboxObject(
    storage,
    () => settings,
    () => 10_000,
  );
  return {
    object,
    storage,
    heard,
    /** Until nothing waits any more. */
    async deliver() {
      do {
        vi.setSystemTime(Math.max(storage.alarmMs ?? 0, Date.now()));
        storage.alarmMs = null;
        await onAlarm(object);
      } while (object.store.size > 0);
    },
  };
}

/** The `number`-th call of an isolate, so many ms ago. */
const identify = (plan: string, agoMs: number, client = "a", number = 1, user = "ada") => ({
  client,
  number,
  atMs: Date.now() - agoMs,
  text: JSON.stringify({
    kind: "identify",
    body: JSON.stringify({ external_user_id: user, traits: { plan } }),
  }),
});

const rows = ({ storage }: { storage: FakeStorage }) =>
  [...storage.sql.exec("SELECT user FROM whisperr_said")].length;

test("when an isolate hands over an older one late, the newer are said again, in the order of the calls", async () => {
  const stage = anObject();
  await handOver(stage.object, [identify("pro", 20, "b"), identify("left", 10, "b", 2)]);
  await stage.deliver();
  await handOver(stage.object, [identify("trial", 60_000, "a")]);
  await stage.deliver();
  expect(stage.heard).toEqual(["pro", "left", "trial", "pro", "left"]);
  expect(stage.object.client).toMatchObject({ accepted: 5, delivered: 5 });
});

test("when the object was made anew in between", async () => {
  const before = anObject();
  await handOver(before.object, [identify("pro", 20, "b")]);
  await before.deliver();
  const after = anObject(before.storage, before.heard);
  await handOver(after.object, [identify("trial", 60_000)]);
  await after.deliver();
  expect(after.heard).toEqual(["pro", "trial", "pro"]);
});

test("when the newer one waits behind the older, it is said once", async () => {
  const stage = anObject();
  await handOver(stage.object, [identify("trial", 20, "a"), identify("pro", 10, "b")]);
  await stage.deliver();
  await handOver(stage.object, [identify("left", 0, "a", 2)]);
  await stage.deliver();
  expect(stage.heard).toEqual(["trial", "pro", "left"]);
});

test("when the newer one waits in front of the older", async () => {
  const stage = anObject();
  await handOver(stage.object, [identify("pro", 10, "b"), identify("trial", 20, "a")]);
  await stage.deliver();
  expect(stage.heard).toEqual(["pro", "trial", "pro"]);
});

test("a clock that is ahead wins for no longer than until another one calls", async () => {
  const stage = anObject();
  await handOver(stage.object, [identify("fast", -DAY_MS, "fast")]);
  await stage.deliver();
  vi.setSystemTime(Date.now() + 1);
  await handOver(stage.object, [identify("right", 0, "right")]);
  await stage.deliver();
  expect(stage.heard).toEqual(["fast", "right"]);
});

test("what was refused is not said again, and users have nothing to do with each other", async () => {
  const stage = anObject();
  await handOver(stage.object, [identify("refused", 10, "b"), identify("pro", 5, "b", 2, "bob")]);
  await stage.deliver();
  await handOver(stage.object, [identify("trial", 20, "a")]);
  await stage.deliver();
  expect(stage.heard).toEqual(["refused", "pro", "trial"]);
});

test("what is noted is gone after a day, for which an object wakes up that has nothing else to do", async () => {
  const stage = anObject();
  await handOver(stage.object, [identify("pro", 0)]);
  await stage.deliver();
  expect(rows(stage)).toBe(1);
  expect(stage.storage.alarmMs).toBe(Date.now() + DAY_MS);
  await stage.deliver();
  expect(rows(stage)).toBe(0);
  expect(stage.storage.alarmMs).toBeNull();
});

test("of one user ten are noted at most", async () => {
  const stage = anObject();
  for (let n = 1; n <= 30; n++) {
    await handOver(stage.object, [identify(`plan ${n}`, 0, "a", n)]);
    await stage.deliver();
  }
  expect(rows(stage)).toBeLessThanOrEqual(10);
});
