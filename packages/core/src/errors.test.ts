import { describe, expect, test } from "vitest";
import { http } from "../test/scripted-transport.ts";
import { describeAnswer, droppedMessage, retryExhaustedMessage } from "./errors.ts";

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
  expect(describeAnswer({ failure: "connection reset" })).toBe("connection reset");
});

test.each<[number, string]>([
  [0, "a redirect"],
  [100, "100"],
  [304, "304"],
])("%i is nothing the API answers: the hint names baseUrl", (status, words) => {
  expect(retryExhaustedMessage(http(status), 7)).toMatch(new RegExp(`7 times.*baseUrl.*\\(${words}\\)`));
});

test.each([429, 503])("%i has no such hint", (status) => {
  expect(retryExhaustedMessage(http(status), 7)).not.toContain("baseUrl");
});

test("every way of losing operations has a sentence, which ends with the answer if there was one", () => {
  const reasons = ["queue_full", "rejected", "too_large", "rejected_by_server"] as const;
  for (const reason of reasons) expect(droppedMessage(reason)).toMatch(/^[A-Z].{15,}\.$/);

  expect(droppedMessage("rejected", http(422))).toMatch(/\(422\)\.$/);
});
