import { expect, test } from "vitest";
import { compactTypes, describeRequest, rawEvents, sightings } from "./exchange.ts";
import { batch, identify } from "./recorded-request-builder.ts";

test("raw events are cut out byte for byte, whatever their text holds", () => {
  const events = ['{"a":"],[{}\\"","b":[1,[2]]}', '{"c":{"d":[]} }', '{ "e" : "\\\\" }'];
  expect(rawEvents(`{"events":[${events.join(",")}]}`)).toEqual(events);
  expect(rawEvents('{"events":[]}')).toEqual([""]);
  expect(rawEvents('{"external_user_id":"u"}')).toEqual([]);
});

test("operations are known by user, type and mark", () => {
  const [event] = sightings(batch(0, ["signed_in"]));
  expect(event).toMatchObject({
    kind: "track",
    userId: "user_1",
    eventType: "signed_in",
    id: "id-signed_in",
  });
  expect(sightings(identify(1, "user_2"))).toMatchObject([{ kind: "identify", userId: "user_2" }]);
});

test("runs of a type are written short", () => {
  expect(compactTypes(["a", "a", "b", "a"])).toEqual(["a×2", "b", "a"]);
});

test("a request fits in a line", () => {
  expect(describeRequest(batch(3, ["a", "a"]))).toBe("#3 POST /v1/events/batch [a×2] -> 202 stored");
});
