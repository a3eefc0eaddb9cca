import { afterEach, describe, expect, it, vi } from "vitest";
import { mirrored } from "./durable-storage.ts";
import type { Storage } from "./storage.ts";

const nothing: Storage = { keys: () => [], get: () => null, set: () => true, remove: () => {} };

/** Timers that run out when the test says so. */
function handTimers() {
  const armed = new Set<() => void>();
  return {
    armed,
    set(callback: () => void) {
      armed.add(callback);
      return callback;
    },
    clear: (handle: unknown) => void armed.delete(handle as () => void),
  };
}

describe("the copy in IndexedDB", () => {
  afterEach(() => void vi.unstubAllGlobals());

  it("is not waited for when it does not answer", async () => {
    const timers = handTimers();
    vi.stubGlobal("indexedDB", { open: () => ({}) });
    const backup = mirrored(nothing, "test", timers).backup();
    for (const runOut of timers.armed) runOut();
    expect(await backup).toEqual(new Map());
  });

  it("is empty where IndexedDB is blocked, and nobody waits", async () => {
    const timers = handTimers();
    vi.stubGlobal("indexedDB", undefined);
    expect(await mirrored(nothing, "test", timers).backup()).toEqual(new Map());
    expect(timers.armed.size).toBe(0);
  });
});
