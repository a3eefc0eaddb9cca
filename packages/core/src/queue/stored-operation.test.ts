import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyCharacter } from "../../test/any-character.ts";
import { anIdentify, arrayOutbox, aTrack } from "../../test/operations.ts";
import type { Operation } from "../events/operation.ts";
import { cutBatch } from "../events/wire.ts";
import { parseOperation } from "./stored-operation.ts";

const VISITORS_TRACK = (({ userId: _user, ...rest }) => ({ ...rest, anonymousId: "visitor-1" }))(aTrack());

const WHOLE: readonly (readonly [string, Operation])[] = [
  ["an event of a user", aTrack()],
  ["an event of a visitor", VISITORS_TRACK],
  ["an event that waits for its user", { ...VISITORS_TRACK, held: true }],
  ["an event with values", aTrack({ properties: '{"text":"é😀\\u2028"}', context: '{"a":{"b":[1]}}' })],
  ["an identify", anIdentify()],
  [
    "an identify with channels",
    {
      kind: "identify",
      body: '{"external_user_id":"ada","channels":[{"channel":"push","address":"t1","opted_in":true}]}',
    },
  ],
];

/** What may go wrong with one field: of these, none can be sent as it is. */
const SPOILT: readonly (readonly [string, object])[] = [
  ["no kind", { ...aTrack(), kind: undefined }],
  ["an unknown kind", { ...aTrack(), kind: "alias" }],
  ["a track without anybody", { ...aTrack(), userId: undefined }],
  ["a user id that is a number", { ...aTrack(), userId: 5 }],
  ["a blank user id", { ...aTrack(), userId: " " }],
  ["no event name", { ...aTrack(), event: undefined }],
  ["an event name that breaks out of its quotes", { ...aTrack(), event: 'a","b":"c' }],
  ["no time", { ...aTrack(), atMs: undefined }],
  ["a time that is none", { ...aTrack(), atMs: "yesterday" }],
  ["a time beyond all calendars", { ...aTrack(), atMs: 1e300 }],
  ["no id prefix", { ...aTrack(), idPrefix: undefined }],
  ["no id number", { ...aTrack(), idNumber: undefined }],
  ["an id number that is text", { ...aTrack(), idNumber: "1" }],
  ["no properties", { ...aTrack(), properties: undefined }],
  ["properties that are an object already", { ...aTrack(), properties: {} }],
  ["properties that are a list", { ...aTrack(), properties: "[]" }],
  ["half-written properties", { ...aTrack(), properties: '{"a":' }],
  ["no context", { ...aTrack(), context: undefined }],
  ["a context that is no object", { ...aTrack(), context: "12345" }],
  ["a context that begins like a list", { ...aTrack(), context: '["a":1}' }],
  ["an identify without a body", { kind: "identify" }],
  ["a body that is no text", { kind: "identify", body: { external_user_id: "ada" } }],
  ["a body in a list", { kind: "identify", body: ['{"external_user_id":"ada"}'] }],
  ["a body without a user", { kind: "identify", body: "{}" }],
  ["a half-written body", { kind: "identify", body: '{"external_user_id":"ada"' }],
  ...[null, 5, "all", {}, { every: 1 }, [null], [5], [[]], [{}], [{ address: 5 }]].map(
    (channels) =>
      [
        `channels that are ${JSON.stringify(channels)}`,
        { kind: "identify", body: JSON.stringify({ external_user_id: "ada", channels }) },
      ] as const,
  ),
];

describe("what was stored comes back", () => {
  test.each(WHOLE)("%s", (_what, operation) => {
    expect(parseOperation(JSON.stringify(operation))).toEqual(operation);
  });
});

describe("what can't be sent is not taken back", () => {
  test.each(SPOILT)("%s", (_what, value) => {
    expect(parseOperation(JSON.stringify(value))).toBeUndefined();
  });

  test.each(["", "null", "5", '"track"', "[]", "{}", "undefined", '{"kind":"track"', "\u0000"])(
    "%j",
    (text) => {
      expect(parseOperation(text)).toBeUndefined();
    },
  );

  test("a record cut off anywhere", () => {
    for (const [, operation] of WHOLE) {
      const text = JSON.stringify(operation);
      for (let end = 0; end < text.length; end++) expect(parseOperation(text.slice(0, end))).toBeUndefined();
    }
  });
});

const someOperation = fc.constantFrom(...WHOLE.map(([, operation]) => operation as unknown as object));
const anything = fc.jsonValue({ maxDepth: 2 });
const fields = fc.constantFrom(
  ...["kind", "userId", "anonymousId", "held", "event", "atMs", "idPrefix", "idNumber"],
  ...["properties", "context", "body"],
);

/** An operation in which a few fields became something else: near enough to the truth to get far. */
const tamperedWith = fc
  .tuple(someOperation, fc.dictionary(fields, fc.oneof(anything, fc.constant("{}"), fc.constant("track"))))
  .map(([operation, changes]) => JSON.stringify({ ...operation, ...changes }));

/** Random text put over some place of a record, as a disk might. */
const scratched = fc
  .tuple(someOperation, fc.nat(300), fc.string({ unit: anyCharacter, maxLength: 5 }))
  .map(([operation, at, text]) => {
    const whole = JSON.stringify(operation);
    return whole.slice(0, at) + text + whole.slice(at + text.length);
  });

test("whatever a storage gives back: no exception, and what is accepted makes a body that can be read", () => {
  let accepted = 0;
  const texts = fc.oneof(tamperedWith, scratched, fc.json(), fc.string());
  fc.assert(
    fc.property(texts, (text) => {
      const operation = parseOperation(text);
      if (operation === undefined) return;
      accepted++;
      const { body, count } = cutBatch(arrayOutbox([operation]), 500, 500_000);
      expect(count).toBe(1);
      const sent = JSON.parse(body) as { readonly events?: readonly object[] };
      expect(sent).toBeTypeOf("object");
      if (operation.kind === "track") expect(sent.events).toHaveLength(1);
    }),
    { numRuns: 5000 },
  );
  expect(accepted, "not everything is refused out of hand").toBeGreaterThan(200);
});
