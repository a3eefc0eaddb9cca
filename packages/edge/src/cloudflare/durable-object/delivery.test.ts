import type { WhisperrError } from "@whisperr/core";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { aStorage, type FakeStorage, handedOver } from "../../../test/durable-fixtures.ts";
import { aNumberedApi, type NumberedApi } from "../../../test/queue-fixtures.ts";
import { resolveDelivery } from "../settings.ts";
import { createOutboxObject, handOver, onAlarm } from "./delivery.ts";
import type { OutboxOptions } from "./whisperr-outbox.ts";

/** A busy machine takes its time. */
const PATIENT = { timeout: 60_000 };

const NOW = 1_800_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

function anObject(api: NumberedApi, options: OutboxOptions = {}, storage: FakeStorage = aStorage()) {
  const errors: WhisperrError[] = [];
  const given = {
    apiKey: "wrk_secret",
    fetch: api.fetch,
    onError: (error: WhisperrError) => errors.push(error),
    ...options,
  };
  const object = createOutboxObject(
    storage,
    () => resolveDelivery(given, {}, { maxQueueSize: 10_000 }),
    () => options.maxQueueSize ?? 10_000,
  );
  /** As the platform does: at its time, and gone once it fires. */
  async function fireAlarm(): Promise<void> {
    vi.setSystemTime(Math.max(storage.alarmMs ?? 0, Date.now()));
    storage.alarmMs = null;
    await onAlarm(object);
  }
  return { object, errors, storage, fireAlarm };
}

/** The next call that begins with these words throws. */
function failOnce<Name extends string>(
  of: { [name in Name]: (...args: never[]) => unknown },
  name: Name,
  words = "",
): void {
  const works = of[name];
  of[name] = (...args: readonly unknown[]) => {
    if (!String(args[0]).startsWith(words)) return works(...(args as never[]));
    of[name] = works;
    throw new Error("the storage failed");
  };
}

describe("a Durable Object", () => {
  test("delivers at its alarm what it was handed, then rests", async () => {
    const api = aNumberedApi();
    const { object, storage, fireAlarm } = anObject(api);
    await handOver(object, handedOver(1, 3));
    expect(storage.alarmMs).toBe(NOW + 10_000);
    await fireAlarm();
    expect(api.requests).toEqual([[1, 2, 3]]);
    expect(storage.alarmMs).toBeNull();
  });

  test("waits longer with each failure, goes on for ever, and says so once", async () => {
    const api = aNumberedApi((_numbers, index) => (index < 5 ? { status: 503 } : undefined));
    const { object, errors, storage, fireAlarm } = anObject(api, { maxRetries: 2 });
    await handOver(object, handedOver(1, 3));
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      await fireAlarm();
      waits.push((storage.alarmMs ?? 0) - Date.now());
    }
    waits.forEach((wait, i) => {
      expect(wait).toBeGreaterThanOrEqual(500 * 2 ** i);
      expect(wait).toBeLessThanOrEqual(1000 * 2 ** i);
    });
    await fireAlarm();
    // What fails again and again is tried in smaller parts, until something is taken.
    expect(api.requests.slice(0, 5).map((numbers) => numbers.length)).toEqual([3, 3, 2, 1, 1]);
    expect(api.requests.slice(5).flat()).toEqual([1, 2, 3]);
    expect(errors).toMatchObject([{ type: "retry_exhausted", status: 503, count: 3 }]);
    expect(storage.alarmMs).toBeNull();
  });

  test("whatever is accepted makes the next failure the first one", async () => {
    const api = aNumberedApi((_numbers, index) => ([3, 5].includes(index) ? undefined : { status: 503 }));
    const { object, storage, fireAlarm } = anObject(api, { maxBatchSize: 1 });
    await handOver(object, handedOver(1, 2));
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      await fireAlarm();
      waits.push((storage.alarmMs ?? 0) - Date.now());
    }
    expect(waits[2]).toBeGreaterThanOrEqual(2000);
    // The first of the two arrived, the second did not.
    expect(waits[3]).toBeLessThanOrEqual(1000);
    await fireAlarm();
    await handOver(object, handedOver(3, 3));
    await fireAlarm();
    expect((storage.alarmMs ?? 0) - Date.now()).toBeLessThanOrEqual(1000);
    expect(api.requests.flat()).toEqual([1, 1, 1, 1, 2, 2, 3]);
  });

  test("an alarm that comes too early sends nothing", async () => {
    const random = vi.spyOn(Math, "random").mockReturnValue(0);
    onTestFinished(() => random.mockRestore());
    const api = aNumberedApi((_numbers, index) =>
      index === 0 ? { status: 429, retryAfter: "30" } : undefined,
    );
    const { object, storage, fireAlarm } = anObject(api);
    await handOver(object, handedOver(1, 1));
    await fireAlarm();
    const due = Date.now() + 30_000;
    expect(storage.alarmMs).toBe(due);
    await onAlarm(object);
    await handOver(object, handedOver(2, 40));
    expect(storage.alarmMs).toBe(due);
    expect(api.requests).toHaveLength(1);
  });

  test("a wait goes on after a restart, and so do the failures before it", async () => {
    const storage = aStorage();
    const api = aNumberedApi((_numbers, index) => (index < 3 ? { status: 503 } : undefined));
    const before = anObject(api, {}, storage);
    await handOver(before.object, handedOver(1, 1));
    await before.fireAlarm();
    await before.fireAlarm();
    const due = storage.alarmMs;
    const after = anObject(api, {}, storage);
    await handOver(after.object, handedOver(2, 40));
    expect(storage.alarmMs).toBe(due);
    await onAlarm(after.object);
    expect(api.requests).toHaveLength(2);
    await after.fireAlarm();
    expect((storage.alarmMs ?? 0) - Date.now()).toBeGreaterThanOrEqual(2000);
    await after.fireAlarm();
    expect(api.requests.slice(3).flat()).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(storage.alarmMs).toBeNull();
  });

  test("what is handed over during a round is delivered by the next, and the round's are spared", async () => {
    let answer = (_status: { status: number }) => {};
    const api = aNumberedApi((_numbers, index) =>
      index > 0
        ? undefined
        : new Promise((resolve) => {
            answer = resolve;
          }),
    );
    const { object, errors, storage, fireAlarm } = anObject(api, { maxQueueSize: 3 });
    await handOver(object, handedOver(1, 2));
    const round = fireAlarm();
    await vi.waitFor(() => expect(api.requests).toHaveLength(1), PATIENT);
    // A second alarm in the middle of the first changes nothing.
    await onAlarm(object);
    await handOver(object, handedOver(3, 6));
    expect(storage.alarmMs).toBeNull();
    answer({ status: 202 });
    await round;
    await fireAlarm();
    expect(api.requests).toEqual([[1, 2], [6]]);
    expect(errors).toMatchObject([{ reason: "queue_full", count: 3, messageIds: { length: 3 } }]);
  });

  test("what cannot be read is dropped and reported, the rest delivered", async () => {
    const api = aNumberedApi();
    const { object, errors, storage, fireAlarm } = anObject(api);
    const [damaged, whole] = handedOver(1, 2);
    await handOver(object, [{ ...damaged, text: "{" } as never, whole as never]);
    await fireAlarm();
    expect(api.requests).toEqual([[2]]);
    expect(errors).toMatchObject([{ reason: "corrupt", count: 1 }]);
    expect(storage.alarmMs).toBeNull();
  });

  test("without a key it keeps what it is handed, says why it does not deliver, and tries again", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const api = aNumberedApi();
    const storage = aStorage();
    const { object, fireAlarm } = anObject(api, { apiKey: "" }, storage);
    await handOver(object, handedOver(1, 2));
    expect(storage.alarmMs).toBe(NOW + 60_000);
    await fireAlarm();
    expect(warn.mock.calls).toEqual([[expect.stringContaining("apiKey is missing")]]);
    expect(storage.alarmMs).toBe(Date.now() + 60_000);
    warn.mockRestore();

    const mended = anObject(api, {}, storage);
    await mended.fireAlarm();
    expect(api.requests).toEqual([[1, 2]]);
  });

  test("without a key it keeps no more than it may, and counts what had to go once there is a key", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const api = aNumberedApi();
    const storage = aStorage();
    const { object } = anObject(api, { apiKey: "", maxQueueSize: 10 }, storage);
    for (let i = 0; i < 20; i++) await handOver(object, handedOver(3 * i + 1, 3 * i + 3));
    expect(object.store.size).toBe(10);
    expect(warn.mock.calls.flat()).toEqual([
      expect.stringContaining("apiKey is missing"),
      expect.stringContaining("drops its oldest"),
    ]);
    warn.mockRestore();

    Object.assign(object, { settings: anObject(api, {}, aStorage()).object.settings });
    vi.setSystemTime(storage.alarmMs ?? 0);
    await onAlarm(object);
    expect(api.requests.flat()).toEqual([51, 52, 53, 54, 55, 56, 57, 58, 59, 60]);
    expect(object.client).toMatchObject({ accepted: 60, delivered: 10, dropped: { queue_full: 50 } });
  });

  test("without a key its alarm fires in spite of all that comes in, and of restarts", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const storage = aStorage();
    for (let i = 0; i < 5; i++) {
      const { object } = anObject(aNumberedApi(), { apiKey: "" }, storage);
      await handOver(object, handedOver(2 * i + 1, 2 * i + 1));
      vi.setSystemTime(Date.now() + 11_000);
      await handOver(object, handedOver(2 * i + 2, 2 * i + 2));
    }
    expect(storage.alarmMs).toBe(NOW + 60_000);
    warn.mockRestore();
  });

  test("a refused key is tried again after the longest backoff, however much comes in", async () => {
    const api = aNumberedApi((_numbers, index) => (index === 0 ? { status: 401 } : undefined));
    const { object, errors, storage, fireAlarm } = anObject(api);
    await handOver(object, handedOver(1, 30));
    await fireAlarm();
    await handOver(object, handedOver(31, 60));
    expect((storage.alarmMs ?? 0) - Date.now()).toBe(30_000);
    expect(errors).toMatchObject([{ type: "auth", status: 401, count: 30 }]);
    await fireAlarm();
    expect(api.requests.at(-1)).toHaveLength(60);
  });

  describe("a storage that fails once", () => {
    test("at an alarm: what waits is delivered by a later one", async () => {
      vi.spyOn(console, "warn").mockImplementation(() => {});
      const api = aNumberedApi();
      const { object, storage, fireAlarm } = anObject(api);
      await handOver(object, handedOver(1, 3));
      failOnce(storage.sql, "exec");
      await fireAlarm();
      expect(api.requests).toEqual([]);
      await fireAlarm();
      expect(api.requests).toEqual([[1, 2, 3]]);
    });

    test("when the alarm is set: it is set when the hand-over is repeated", async () => {
      const { object, storage } = anObject(aNumberedApi());
      failOnce(storage, "setAlarm");
      await expect(handOver(object, handedOver(1, 3))).rejects.toThrow("storage");
      expect(storage.alarmMs).toBeNull();
      await handOver(object, handedOver(1, 3));
      expect(storage.alarmMs).toBe(NOW + 10_000);
    });

    test("once operations are stored: they are delivered like those that come after", async () => {
      const api = aNumberedApi();
      const { object, storage, fireAlarm } = anObject(api);
      await handOver(object, handedOver(1, 1));
      // The look for what cannot be read.
      failOnce(storage.sql, "exec", "SELECT position");
      await expect(handOver(object, handedOver(2, 3))).rejects.toThrow("storage");
      await handOver(object, handedOver(2, 3));
      await fireAlarm();
      expect(api.requests).toEqual([[1, 2, 3]]);
    });
  });

  test("more than a round holds takes several, in order", async () => {
    const api = aNumberedApi();
    const { object, storage, fireAlarm } = anObject(api);
    await handOver(object, handedOver(1, 1200));
    while (storage.alarmMs !== null) await fireAlarm();
    expect(api.requests.map((numbers) => numbers.length)).toEqual([500, 500, 200]);
    expect(api.requests.flat()).toEqual(Array.from({ length: 1200 }, (_, i) => i + 1));
  });
});
