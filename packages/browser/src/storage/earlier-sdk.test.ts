import { parseOperation } from "@whisperr/core";
import { describe, expect, test } from "vitest";
import { moveIn } from "./earlier-sdk.ts";
import type { Storage } from "./storage.ts";

const NOW_MS = Date.parse("2026-06-14T12:00:00.000Z");
const VISITOR = "3bffa0ab-f02c-4a03-823a-092b75d02de4";
const MESSAGE_ID = "9f2b5479-2729-418f-8ecf-3f2c3f2c3f2c";

interface Fake extends Storage {
  readonly records: Map<string, string>;
}

/** `room`: how many records fit. */
function storage(records: Record<string, string> = {}, room = Infinity): Fake {
  const map = new Map(Object.entries(records));
  return {
    records: map,
    keys: () => [...map.keys()].sort(),
    get: (key) => map.get(key) ?? null,
    set(key, text) {
      if (!map.has(key) && map.size >= room) return false;
      map.set(key, text);
      return true;
    },
    remove: (key) => void map.delete(key),
  };
}

const event = {
  kind: "track",
  eventType: "visited",
  externalUserId: null,
  anonymousId: VISITOR,
  properties: { n: 1 },
  context: { page: { path: "/" }, $message_id: "not this one" },
  occurredAt: "2026-06-14T11:00:00.000Z",
  messageId: MESSAGE_ID,
};

const dies = (): never => {
  throw new Error("the page is gone");
};

const left = (queue: unknown, more = {}) =>
  storage({
    "whisperr.anon_id": VISITOR,
    "whisperr.session": "{}",
    "whisperr.queue.v1": typeof queue === "string" ? queue : JSON.stringify(queue),
    "the.app's": "own",
    ...more,
  });

const move = (own: Fake, origin: Fake) => moveIn(own, origin, NOW_MS, "abc123");
const moved = (own: Fake) => own.keys().flatMap((key) => (key.startsWith("q.") ? [own.get(key) ?? ""] : []));

describe("what the earlier SDK left", () => {
  test("becomes ours, each operation as it would be sent, and theirs is gone", () => {
    const own = storage();
    const identify = {
      kind: "identify",
      externalUserId: "ada",
      anonymousId: VISITOR,
      traits: { plan: "pro" },
      channels: [{ type: "email", address: "ada@example.com" }],
      occurredAt: "2026-06-14T11:00:01.000Z",
    };
    const origin = left([event, identify, { ...event, externalUserId: "ada" }], {
      "whisperr.user_id": "ada",
    });
    move(own, origin);
    expect(own.get("id")).toBe(JSON.stringify({ anonymousId: VISITOR, userId: "ada" }));
    expect(moved(own).map(parseOperation)).toEqual([
      {
        kind: "track",
        anonymousId: VISITOR,
        event: "visited",
        atMs: NOW_MS - 3_600_000,
        idPrefix: "9f2b5479-2729-418f-8ecf-",
        idNumber: 0x3f2c3f2c3f2c,
        properties: '{"n":1}',
        context: '{"page":{"path":"/"}}',
      },
      {
        kind: "identify",
        body: JSON.stringify({
          external_user_id: "ada",
          anonymous_id: VISITOR,
          traits: { plan: "pro" },
          channels: [{ channel: "email", address: "ada@example.com", opted_in: true }],
        }),
      },
      expect.objectContaining({ userId: "ada" }),
    ]);
    expect(origin.keys()).toEqual(["the.app's"]);
  });

  test("takes nobody's place who is known already, and is not looked for again", () => {
    const own = storage({ id: '{"anonymousId":"mine"}' });
    const origin = left([event]);
    move(own, origin);
    move(own, origin);
    expect(own.get("id")).toBe('{"anonymousId":"mine"}');
    expect(moved(own)).toHaveLength(1);
  });

  test("goes with an opt-out", () => {
    const own = storage();
    const origin = left([event], { "whisperr.optout": "1" });
    move(own, origin);
    expect(own.keys()).toEqual([]);
    expect(origin.keys()).toEqual(["the.app's", "whisperr.optout"]);
  });

  test.each([["{"], ["null"], ['"text"'], ["{}"], ["[null,1,[]]"]])("is nothing where it is %s", (queue) => {
    const own = storage();
    const origin = left(queue);
    move(own, origin);
    expect(moved(own).map(parseOperation).filter(Boolean)).toEqual([]);
    expect(own.get("id")).toContain(VISITOR);
    expect(origin.keys()).toEqual(["the.app's"]);
  });

  test("that makes no sense is no operation, and takes no other along", () => {
    const own = storage();
    const strange = [
      { kind: "track" },
      { ...event, messageId: "short" },
      { ...event, occurredAt: "never" },
      { kind: "identify", channels: "all" },
    ];
    move(own, left([...strange, event]));
    expect(moved(own)).toHaveLength(5);
    expect(moved(own).map(parseOperation).filter(Boolean).at(-1)).toMatchObject({ idNumber: 0x3f2c3f2c3f2c });
  });

  test.each<[string, object]>([
    ["a message id that is a number", { ...event, messageId: 5 }],
    ["a message id that is null", { ...event, messageId: null }],
    ["a message id that is an object", { ...event, messageId: { slice: 1 } }],
    ["a time that is no text", { ...event, occurredAt: { toString: 1 } }],
    ["a channel that is null", { kind: "identify", externalUserId: "ada", channels: [null] }],
    ["channels that are no list", { kind: "identify", externalUserId: "ada", channels: { map: 1 } }],
  ])("with %s stops neither the app nor what stands behind it", (_, broken) => {
    const own = storage();
    const origin = left([broken, event]);
    move(own, origin);
    expect(moved(own).map(parseOperation)).toEqual([
      undefined,
      expect.objectContaining({ idNumber: 0x3f2c3f2c3f2c }),
    ]);
    expect(moved(own)).not.toContain("");
    expect(origin.keys()).toEqual(["the.app's"]);
  });

  test("of a version that gave an event no visitor is the visitor's", () => {
    const own = storage();
    move(
      own,
      left([
        { ...event, anonymousId: undefined },
        { kind: "identify", externalUserId: "ada" },
      ]),
    );
    expect(moved(own).map(parseOperation)).toEqual([
      expect.objectContaining({ anonymousId: VISITOR }),
      { kind: "identify", body: '{"external_user_id":"ada"}' },
    ]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7])(
    "is there once more, or ours, where the page dies after write %i",
    (writes) => {
      const own = storage();
      const origin = left([event, { ...event, eventType: "bought" }], { "whisperr.user_id": "ada" });
      let count = 0;
      const dying = (one: Fake): Fake => ({
        ...one,
        set: (key, text) => (++count > writes ? dies() : one.set(key, text)),
        remove: (key) => (++count > writes ? dies() : one.remove(key)),
      });
      try {
        move(dying(own), dying(origin));
      } catch {}
      moveIn(own, origin, NOW_MS, "def456");
      const events = moved(own).map((text) => (JSON.parse(text) as { event: string }).event);
      expect(events.slice(-2)).toEqual(["visited", "bought"]);
      expect(own.get("id")).toBe(JSON.stringify({ anonymousId: VISITOR, userId: "ada" }));
      expect(origin.keys()).toEqual(["the.app's"]);
    },
  );

  test("waits for the next start where there is no room for all of it", () => {
    const own = storage({}, 2);
    const origin = left([event, event]);
    move(own, origin);
    expect(own.keys()).toEqual(["id"]);
    expect(origin.get("whisperr.queue.v1")).not.toBeNull();
  });
});
