import { describe, expect, test } from "vitest";
import type { RecordedRequest } from "../api/index.ts";
import { sightings } from "./exchange.ts";
import { brokenInvariants, type Evidence, type KnownCall } from "./invariants.ts";
import { batch, identify, REFUSED } from "./recorded-request-builder.ts";

const calls: KnownCall[] = [
  { kind: "track", userId: "user_1", eventType: "a", mark: undefined },
  { kind: "identify", userId: "user_1", eventType: "", mark: undefined },
  { kind: "track", userId: "user_1", eventType: "b", mark: undefined },
];

function evidence(requests: RecordedRequest[], override: Partial<Evidence> = {}): Evidence {
  return { requests, calls, outward: [], key: "wrk_secret", thrown: [], ...override };
}

const honest = [batch(0, ["a"], REFUSED), batch(1, ["a"]), identify(2, "user_1"), batch(3, ["b"])];
const ledger = { accepted: 3, delivered: 3, dropped: {}, pending: 0 };

describe("an honest exchange", () => {
  test("breaks nothing", () => {
    expect(brokenInvariants(evidence(honest, { ledger, leftovers: { timers: 0, listeners: 0 } }))).toEqual(
      [],
    );
  });

  test("may send again what was lost on the way back", () => {
    const lost = batch(0, ["a"], { outcome: "lost" });
    expect(brokenInvariants(evidence([lost, batch(1, ["a"]), identify(2, "user_1")]))).toEqual([]);
  });

  test("has an order and a request under way per queue, where there are several", () => {
    const requests = [batch(0, ["b"]), batch(1, ["a"], { overlapping: true })];
    expect(brokenInvariants(evidence(requests))).toHaveLength(2);
    expect(brokenInvariants(evidence(requests, { severalQueues: true }))).toEqual([]);
  });

  test("may ask whether anything gets through, when what is in front failed alone three times", () => {
    const failed = [0, 1, 2].map((index) => batch(index, ["a"], REFUSED));
    const requests = [
      ...failed,
      batch(3, ["b"], REFUSED),
      batch(4, ["a"]),
      identify(5, "user_1"),
      batch(6, ["b"]),
    ];
    expect(brokenInvariants(evidence(requests))).toEqual([]);
  });

  test("may repeat an identify that was not acknowledged", () => {
    const requests = [batch(0, ["a"]), identify(1, "user_1", REFUSED), identify(2, "user_1")];
    expect(brokenInvariants(evidence(requests))).toEqual([]);
  });
});

describe("a client SDK", () => {
  const clientCalls = calls.map((call) => ({
    ...call,
    userId: call.kind === "track" ? undefined : call.userId,
  }));
  const broken = (requests: RecordedRequest[]) =>
    brokenInvariants(evidence(requests, { calls: clientCalls, sendsByItself: true }));

  test("may send what was not called for, such as page views and its token", () => {
    const own = batch(1, ["page_viewed"]);
    const token = {
      external_user_id: "user_1",
      channels: [{ channel: "push", address: "t", opted_in: true }],
    };
    const update = identify(2, "user_1", { text: JSON.stringify(token), identify: token });
    expect(broken([batch(0, ["a"]), own, update, identify(3, "user_1"), batch(4, ["b"])])).toEqual([]);
  });

  test("still has to keep the order of what was called", () => {
    expect(broken([batch(0, ["b"]), batch(1, ["a"])]).join()).toMatch(
      /"track user_1 a" was not called after/,
    );
  });
});

describe("a doctored exchange is caught", () => {
  const caught = (requests: RecordedRequest[], override: Partial<Evidence> = {}) =>
    brokenInvariants(evidence(requests, override)).join("\n");

  test("an acknowledged event sent again", () => {
    expect(caught([batch(0, ["a"]), batch(1, ["a", "b"])])).toMatch(
      /#1 sends 1 events again that request #0/,
    );
  });

  test("an acknowledged identify sent again", () => {
    expect(caught([identify(0, "user_1"), identify(1, "user_1")])).toMatch(/identify user_1.*was not called/);
  });

  test("an event whose bytes changed between attempts", () => {
    const changed = batch(1, ["a"]);
    const text = changed.text.replace('"properties":{}', '"properties":{"late":1}');
    expect(caught([batch(0, ["a"], REFUSED), { ...changed, text }])).toMatch(/#1 changed id-a/);
  });

  test("a new message id on a later attempt", () => {
    expect(caught([batch(0, ["a"], REFUSED), batch(1, ["a:other"])])).toMatch(
      /"track user_1 a" was not called/,
    );
  });

  test("one message id for two events of a batch", () => {
    expect(caught([batch(0, ["a:x", "b:x"])])).toMatch(/carries x twice/);
  });

  test("an identify that was overtaken", () => {
    expect(caught([batch(0, ["a", "b"]), identify(1, "user_1")])).toMatch(
      /#1: "identify user_1" was not called/,
    );
  });

  test("one of the later ones, asked for before its turn when the front failed alone but twice", () => {
    const failed = [batch(0, ["a"], REFUSED), batch(1, ["a"], REFUSED), batch(2, ["b"], REFUSED)];

    expect(caught([...failed, batch(3, ["a"]), identify(4, "user_1"), batch(5, ["b"])])).toMatch(
      /#4: "identify user_1" was not called after/,
    );
  });

  test("events out of order", () => {
    expect(caught([batch(0, ["b", "a"])])).toMatch(/"track user_1 a" was not called after/);
  });

  test("two requests in flight", () => {
    expect(caught([batch(0, ["a"]), batch(1, ["b"], { overlapping: true })])).toMatch(
      /#1 arrived while another/,
    );
  });

  test("another endpoint", () => {
    expect(caught([batch(0, ["a"], { path: "/v1/events/track" })])).toMatch(/only POST to/);
  });

  test("the key in an error, a line of output or at another origin", () => {
    expect(caught([], { outward: ["fine", "refused wrk_secret"] })).toBe(
      "the key leaked: refused wrk_secret",
    );
  });

  test.each([
    ["another header", { headers: { "user-agent": "sdk wrk_secret" } }, "the header user-agent"],
    ["basic credentials", { headers: { "x-auth": `Basic ${btoa("wrk_secret:")}` } }, "the header x-auth"],
    ["the address", { path: "/v1/events/batch?key=wrk_secret" }, "its address"],
    ["the body", { text: '{"events":[],"key":"wrk_secret"}' }, "its body"],
  ])("the key in %s", (_where, override, place) => {
    expect(caught([batch(0, ["a"], override)])).toContain(
      `request #0 has the key, or another credential, in ${place}`,
    );
  });

  test("a second credential, whatever it is", () => {
    const headers = { "x-api-key": "wrk_secret", authorization: "Bearer token", cookie: "session=1" };
    expect(caught([batch(0, ["a"], { headers })]).match(/the header \w+/g)).toEqual([
      "the header authorization",
      "the header cookie",
    ]);
  });

  test("a call that threw, a timer and a listener left behind", () => {
    const problems = caught([], { thrown: ["track: boom"], leftovers: { timers: 1, listeners: 2 } });
    expect(problems).toMatch(/a call threw: track: boom/);
    expect(problems).toMatch(/1 timers are still set/);
    expect(problems).toMatch(/2 process listeners/);
  });

  test("a ledger that does not add up", () => {
    expect(caught(honest, { ledger: { ...ledger, accepted: 4 } })).toMatch(/4 accepted is not 3 delivered/);
  });

  test("a delivery that was claimed but never acknowledged, or acknowledged but not counted", () => {
    const refused = [batch(0, ["a"], REFUSED)];
    const claimed = { accepted: 1, delivered: 1, dropped: {}, pending: 0 };
    expect(caught(refused, { ledger: claimed })).toMatch(/1 delivered .* acknowledged 0/);
    const modest = { accepted: 1, delivered: 0, dropped: { rejected: 1 }, pending: 0 };
    expect(caught([batch(0, ["a"])], { ledger: modest })).toMatch(/0 delivered .* acknowledged 1/);
  });
});

describe("an error that names events", () => {
  const broken = (error: object) => brokenInvariants(evidence(honest, { errors: [error] }));
  const [id = ""] = honest
    .slice(-1)
    .flatMap(sightings)
    .map((sighting) => sighting.id);

  test("may not call one dropped that the API acknowledged", () => {
    expect(broken({ type: "dropped", reason: "queue_full", messageIds: [id] })).toEqual([
      `event ${id} was reported as dropped, but the API acknowledged it`,
    ]);
  });

  test("may name a whole batch of which some were rejected, and what never arrived", () => {
    expect(broken({ type: "dropped", status: 202, messageIds: [id] })).toEqual([]);
    expect(broken({ type: "dropped", reason: "queue_full", messageIds: ["never sent"] })).toEqual([]);
  });
});
