import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyCharacter } from "../../test/any-character.ts";
import { FIXED_UUID } from "../../test/fake-ports.ts";
import { anIdentify, arrayOutbox, aTrack, tracks } from "../../test/operations.ts";
import { cutBatch, encodeEvent, formatMessageId, utf8Bytes } from "./wire.ts";

const NO_LIMIT = Number.MAX_SAFE_INTEGER;
const byteLength = (text: string) => Buffer.byteLength(text, "utf8");

describe("an event on the wire", () => {
  test("is exactly these bytes", () => {
    const event = encodeEvent(aTrack({ idNumber: 255, properties: '{"amount_cents":4900}' }));

    expect(event).toBe(
      '{"external_user_id":"user_8842","event_type":"payment_failed","occurred_at":"2026-06-14T12:00:00.000Z",' +
        '"properties":{"amount_cents":4900},"context":{"$message_id":"f7a1c2e0-4b3d-4f6a-9c1e-0000000000ff"}}',
    );
  });

  test("carries its context behind the message id", () => {
    expect(encodeEvent(aTrack({ context: '{"ip":"::1"}' }))).toContain(
      '"context":{"$message_id":"f7a1c2e0-4b3d-4f6a-9c1e-000000000001","ip":"::1"}}',
    );
  });

  test("of a visitor who is not identified carries the anonymous id instead", () => {
    const { userId: _absent, ...anonymous } = aTrack({ anonymousId: "visitor_1" });

    expect(encodeEvent(anonymous)).toMatch(/^\{"anonymous_id":"visitor_1","event_type"/);
  });

  test("carries both ids when both are known", () => {
    expect(encodeEvent(aTrack({ anonymousId: "visitor_1" }))).toMatch(
      /^\{"external_user_id":"user_8842","anonymous_id":"visitor_1","event_type"/,
    );
  });

  test("is JSON whatever the user is called, and says the same every time", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), fc.jsonValue(), (userId, value) => {
        const operation = aTrack({ userId, properties: JSON.stringify({ value }) });
        const event = encodeEvent(operation);

        expect(event).toBe(encodeEvent(operation));
        expect(JSON.parse(event).external_user_id).toBe(userId);
        expect(JSON.parse(event).properties).toEqual(JSON.parse(JSON.stringify({ value })));
      }),
    );
  });
});

const occurredAt = (atMs: number) => JSON.parse(encodeEvent(aTrack({ atMs }))).occurred_at as string;
const LAST_MS_OF_9999 = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

test("a timestamp is RFC 3339 UTC with exactly three decimals", () => {
  expect(occurredAt(Date.UTC(2026, 5, 14, 12))).toBe("2026-06-14T12:00:00.000Z");
});

test("finer clocks are truncated, not rounded", () => {
  expect(occurredAt(Date.UTC(2026, 5, 14, 12, 0, 0, 7) + 0.999)).toBe("2026-06-14T12:00:00.007Z");
});

test("every moment of the years 0 to 9999 is written as Date writes it", () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(1, 0), max: LAST_MS_OF_9999 }), (atMs) => {
      expect(occurredAt(atMs)).toBe(new Date(atMs).toISOString());
      expect(occurredAt(atMs)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }),
  );
});

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test.each([1, 15, 255, 65_536, 2 ** 40, 2 ** 48 - 1])(
  "the message id of event %i is a valid UUID",
  (idNumber) => {
    expect(formatMessageId(aTrack({ idPrefix: FIXED_UUID.slice(0, 24), idNumber }))).toMatch(UUID_V4);
  },
);

test("different numbers give different ids", () => {
  const ids = Array.from({ length: 10_000 }, (_, idNumber) => formatMessageId(aTrack({ idNumber })));

  expect(new Set(ids).size).toBe(10_000);
});

describe("a batch", () => {
  test("is the events in order, in the body the contract asks for", () => {
    const operations = tracks(3);
    const { path, body, count } = cutBatch(arrayOutbox(operations), 500, NO_LIMIT);

    expect({ path, count }).toEqual({ path: "/v1/events/batch", count: 3 });
    expect(body).toBe(`{"events":[${operations.map(encodeEvent).join(",")}]}`);
  });

  test("of one event has no comma", () => {
    const [only] = tracks(1);

    expect(cutBatch(arrayOutbox(tracks(1)), 500, NO_LIMIT).body).toBe(
      `{"events":[${only && encodeEvent(only)}]}`,
    );
  });

  test("holds at most as many events as the limit says", () => {
    expect(cutBatch(arrayOutbox(tracks(9)), 4, NO_LIMIT).count).toBe(4);
  });

  test("ends before an identify", () => {
    const outbox = arrayOutbox([...tracks(2), anIdentify(), ...tracks(2)]);

    expect(cutBatch(outbox, 500, NO_LIMIT).count).toBe(2);
  });

  test("is an identify alone when that is in front, whatever follows", () => {
    const outbox = arrayOutbox([anIdentify("ada"), anIdentify("bob"), ...tracks(2)]);

    expect(cutBatch(outbox, 500, 1)).toEqual({
      path: "/v1/identify",
      body: '{"external_user_id":"ada"}',
      count: 1,
    });
  });

  test("leaves the outbox as it is", () => {
    const outbox = arrayOutbox(tracks(3));

    cutBatch(outbox, 2, NO_LIMIT);

    expect(outbox.size).toBe(3);
  });
});

describe("the byte limit", () => {
  const texts = fc.array(fc.string({ unit: anyCharacter, maxLength: 60 }), { minLength: 1, maxLength: 12 });

  test("bounds the body in bytes, not characters, unless it carries a single event; and is used up", () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 150, max: 4000 }), (values, maxBytes) => {
        const outbox = arrayOutbox(
          values.map((text, index) => aTrack({ idNumber: index, properties: JSON.stringify({ text }) })),
        );
        const { body, count } = cutBatch(outbox, 500, maxBytes);

        if (count > 1) expect(byteLength(body)).toBeLessThanOrEqual(maxBytes);
        if (count < values.length) {
          const more = cutBatch(outbox, count + 1, NO_LIMIT).body;
          expect(byteLength(more)).toBeGreaterThan(maxBytes);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("lets a batch be exactly as large as allowed, and not one byte larger", () => {
    const outbox = arrayOutbox(tracks(5).map((track) => ({ ...track, properties: '{"text":"é😀漢"}' })));
    const three = byteLength(cutBatch(outbox, 3, NO_LIMIT).body);

    expect(cutBatch(outbox, 500, three).count).toBe(3);
    expect(cutBatch(outbox, 500, three - 1).count).toBe(2);
  });

  test("is as exact when it is near from the first event on", () => {
    const outbox = arrayOutbox(tracks(3));
    const two = byteLength(cutBatch(outbox, 2, NO_LIMIT).body);

    expect(cutBatch(outbox, 500, two).count).toBe(2);
    expect(cutBatch(outbox, 500, two - 1).count).toBe(1);
  });

  test("does not hold back a single event that is larger: the server decides about it", () => {
    expect(cutBatch(arrayOutbox(tracks(2)), 500, 1).count).toBe(1);
  });
});

test.each([0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x103ff, 0x10ffff])(
  "U+%x takes as many bytes as encoders give it",
  (codePoint) => {
    const text = String.fromCodePoint(codePoint);

    expect(utf8Bytes(text)).toBe(byteLength(text));
  },
);

test("the length in UTF-8 is counted as encoders count it", () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, maxLength: 200 }), (text) => {
      expect(utf8Bytes(text)).toBe(byteLength(text));
    }),
  );
});
