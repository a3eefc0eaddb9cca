import { describe, expect, it } from "vitest";
import { continueSession, type SessionStore, sessionId, sessionStore } from "./page-context.ts";

const MINUTE_MS = 60_000;
const NOW_MS = Date.UTC(2026, 5, 14, 12);
const newId = () => "new-id";

describe("a session", () => {
  it("starts with the first event", () => {
    expect(continueSession(null, NOW_MS, newId)).toBe(`${NOW_MS}.new-id`);
    expect(continueSession(undefined, NOW_MS, newId)).toBe(`${NOW_MS}.new-id`);
  });

  it("goes on for less than 30 minutes without an event, and not for longer", () => {
    const after = (idleMs: number) => continueSession(`${NOW_MS - idleMs}.old-id`, NOW_MS, newId);
    expect(after(30 * MINUTE_MS - 1)).toBe(`${NOW_MS}.old-id`);
    expect(after(30 * MINUTE_MS)).toBe(`${NOW_MS}.new-id`);
  });

  it("lasts for hours of activity", () => {
    let stored = continueSession(null, NOW_MS, () => "first-id");
    for (let minute = 20; minute <= 600; minute += 20) {
      stored = continueSession(stored, NOW_MS + minute * MINUTE_MS, newId);
    }
    expect(stored).toBe(`${NOW_MS + 600 * MINUTE_MS}.first-id`);
  });

  it("notes activity every ten seconds at most", () => {
    const stored = `${NOW_MS}.old-id`;
    expect(continueSession(stored, NOW_MS + 9_999, newId)).toBe(stored);
    expect(continueSession(stored, NOW_MS + 10_000, newId)).toBe(`${NOW_MS + 10_000}.old-id`);
  });

  it("outlives a clock that is set back a little, and ends with one that is set back far", () => {
    const back = (ms: number) => continueSession(`${NOW_MS + ms}.old-id`, NOW_MS, newId);
    expect(back(5_000)).toBe(`${NOW_MS + 5_000}.old-id`);
    expect(back(10 * MINUTE_MS)).toBe(`${NOW_MS}.old-id`);
    expect(back(24 * 60 * MINUTE_MS)).toBe(`${NOW_MS}.new-id`);
  });

  it.each(["", "old-id", ".", ".old-id", `${NOW_MS}`, `${NOW_MS}.`, "soon.old-id", "null"])(
    "starts anew when %j is what is stored",
    (stored) => {
      expect(continueSession(stored, NOW_MS, newId)).toBe(`${NOW_MS}.new-id`);
    },
  );
});

describe("the session of tabs that share a store", () => {
  function store(): SessionStore & { readonly writes: string[] } {
    const values = new Map<string, string>();
    const writes: string[] = [];
    return {
      writes,
      get: (key) => values.get(key),
      set(key, value) {
        writes.push(value);
        values.set(key, value);
      },
    };
  }

  it("is the same in each, and hardly ever written", () => {
    const shared = store();
    let ids = 0;
    const tab = (nowMs: number) => sessionId(shared, nowMs, () => `id-${++ids}`);
    for (let second = 0; second < 60; second++) expect(tab(NOW_MS + second * 1000)).toBe("id-1");
    expect(shared.writes).toHaveLength(6);
    expect(tab(NOW_MS + 40 * MINUTE_MS)).toBe("id-2");
  });
});

describe("where a session is kept", () => {
  const full = (room: { left: boolean }) => {
    const values = new Map<string, string>();
    return {
      keys: () => [...values.keys()],
      get: (key: string) => values.get(key) ?? null,
      set(key: string, value: string) {
        if (room.left) values.set(key, value);
        return room.left;
      },
      remove: (key: string) => void values.delete(key),
    };
  };

  it("is the page while there is no room for it, and the tabs' store again after that", () => {
    const room = { left: false };
    const storage = full(room);
    const store = sessionStore(storage);
    let ids = 0;
    const idAt = (second: number) => sessionId(store, NOW_MS + second * 1000, () => `id-${++ids}`);
    expect([idAt(0), idAt(1), idAt(15)]).toEqual(["id-1", "id-1", "id-1"]);
    room.left = true;
    expect(idAt(30)).toBe("id-1");
    expect(storage.get("session")).toBe(`${NOW_MS + 30_000}.id-1`);
  });

  it("is the page where nothing is stored", () => {
    const store = sessionStore(undefined);
    let ids = 0;
    const idAt = (second: number) => sessionId(store, NOW_MS + second * 1000, () => `id-${++ids}`);
    expect([idAt(0), idAt(1)]).toEqual(["id-1", "id-1"]);
  });
});
