import { expect, test } from "vitest";
import { failsTheRun, verdictOf } from "./results.ts";

test("a known failure that fails is expected; one that passes fails the run", () => {
  expect(verdictOf(["wrong"], "reason")).toBe("known-failure");
  expect(failsTheRun(verdictOf(["wrong"], "reason"))).toBe(false);
  expect(verdictOf([], "reason")).toBe("unexpected-pass");
  expect(failsTheRun(verdictOf([], "reason"))).toBe(true);
});

test("any other problem fails the run", () => {
  expect(failsTheRun(verdictOf(["wrong"], undefined))).toBe(true);
  expect(failsTheRun(verdictOf([], undefined))).toBe(false);
});
