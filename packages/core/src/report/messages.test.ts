import { describe, expect, test } from "vitest";
import { http } from "../../test/scripted-transport.ts";
import type { DropReason } from "../errors.ts";
import { noAnswer } from "../http/exchange.ts";
import { describeAnswer, messageOf } from "./messages.ts";
import { explain } from "./sentences.ts";

describe("the server's own words", () => {
  test.each<[string, unknown, string]>([
    [
      "code and message",
      { error: { code: "bad_event", message: "No such name" } },
      "422: bad_event: No such name",
    ],
    ["a message alone", { error: { message: "No such name" } }, "422: No such name"],
    ["a code alone", { error: { code: "bad_event", message: "" } }, "422: bad_event"],
    ["numbers instead of words", { error: { code: 7, message: 8 } }, "422"],
    ["an error that is text", { error: "bad" }, "422"],
    ["an error that is null", { error: null }, "422"],
    ["HTML", "<html>Bad Gateway</html>", "422"],
    ["nothing", "", "422"],
  ])("%s", (_name, body, expected) => {
    expect(describeAnswer(http(422, body))).toBe(expected);
  });
});

test("without an answer the network's own words are told", () => {
  expect(describeAnswer(noAnswer("connection reset"))).toBe("connection reset");
});

test.each<[number, string]>([
  [0, "a redirect"],
  [100, "100"],
  [304, "304"],
])("%i is nothing the API answers: the hint names baseUrl", (status, words) => {
  expect(messageOf("retry_exhausted", http(status), 7)).toMatch(
    new RegExp(`7 attempts.*baseUrl.*\\(${words}\\)`),
  );
});

test("a page for people in the place of an answer is told with the same hint", () => {
  expect(messageOf("retry_exhausted", { ...http(200), isPage: true }, 7)).toMatch(
    /not the ingestion API.*baseUrl.*\(200\)/,
  );
});

test("so is what a deadline left behind such an answer", () => {
  expect(messageOf("abandoned", http(301), 2)).toBe(
    "Out of time, allow more: 2 operations still queued: this is not the ingestion API, check baseUrl (301).",
  );
});

test.each([429, 503])("%i has no such hint", (status) => {
  expect(messageOf("retry_exhausted", http(status), 7)).not.toContain("baseUrl");
});

test.each<[DropReason, string]>([
  ["queue_full", "The queue is full, the oldest were dropped: raise maxQueueSize or maxQueueBytes."],
  ["rejected", "The API refused this for good."],
  ["too_large", "The API refused this as too large: send less at once."],
  ["undeliverable", "This failed in all attempts, alone, while the API takes others."],
  ["outbox_failed", "The outbox lost what it held."],
  ["rejected_by_server", "The API refused some of this batch for good."],
  ["opted_out", "The user opted out, the queue is discarded."],
  ["reset", "reset() before identify(), held events are discarded."],
  ["corrupt", "Stored operations are unreadable and discarded."],
  ["too_old", "Stored operations are older than 30 days and discarded."],
  ["storage_failed", "Storage is blocked or full, operations wait in memory."],
])("%s is told as a sentence, which ends with the answer if there was one", (reason, sentence) => {
  expect(messageOf(reason)).toBe(sentence);
  expect(messageOf(reason, http(422))).toBe(sentence.replace(/\.$/, " (422)."));
});

test("what is kept is told with what to do about it", () => {
  expect(messageOf("auth", http(401))).toBe(
    "The API refused the key, everything is kept until the next flush: check apiKey (401).",
  );
  expect(messageOf("retry_exhausted", noAnswer("connection reset"), 7)).toBe(
    "Everything is kept for a later flush, delivery failed after 7 attempts (connection reset).",
  );
  expect(messageOf("abandoned", undefined, 1)).toBe("Out of time, allow more: 1 operation still queued.");
  expect(messageOf("abandoned", undefined, 2)).toBe("Out of time, allow more: 2 operations still queued.");
});

test.each([
  ["rejected", 90_000, ": the clock here is 90 s ahead (422)."],
  ["rejected_by_server", -90_000, ": the clock here is 90 s behind (422)."],
  ["rejected", 400, " (422)."],
  ["too_large", 90_000, " (422)."],
] as const)("%s, by an API whose clock is %d ms behind: %s", (what, clockAheadMs, words) => {
  expect(messageOf(what, { ...http(422), clockAheadMs })).toBe(`${explain(what, 0, false, 0)}${words}`);
});
