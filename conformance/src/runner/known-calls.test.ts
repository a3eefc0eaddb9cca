import { expect, test } from "vitest";
import { knownCalls } from "./known-calls.ts";

test("a server's calls say whose they are", () => {
  const calls = knownCalls(
    [{ track: ["user_1", "a", { n: 7 }] }, { identify: ["user_2", { traits: {} }] }],
    "server",
  );
  expect(calls).toEqual([
    { kind: "track", userId: "user_1", eventType: "a", mark: 7 },
    { kind: "identify", userId: "user_2", eventType: "", mark: undefined },
  ]);
});

test("of a client's calls only identify does, and page() is an event", () => {
  const calls = knownCalls(
    [{ track: ["a", { n: 7 }] }, { page: [{ n: 8 }] }, { identify: ["user_2"] }, { setPushToken: ["t"] }],
    "client",
  );
  expect(calls).toEqual([
    { kind: "track", userId: undefined, eventType: "a", mark: 7 },
    { kind: "track", userId: undefined, eventType: "page_viewed", mark: 8 },
    { kind: "identify", userId: "user_2", eventType: "", mark: undefined },
  ]);
});

test("a repeated call is as many calls", () => {
  const calls = knownCalls([{ track: ["a", { n: { $value: "index" } }], repeat: 2 }], "client");
  expect(calls.map(({ mark }) => mark)).toEqual([0, 1]);
});

test("a call whose name or user could not arrive is left out", () => {
  expect(knownCalls([{ track: [null, "a"] }, { track: ["user_1", { $value: "symbol" }] }], "server")).toEqual(
    [],
  );
});
