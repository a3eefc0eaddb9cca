/** Whatever fails in `npm run fuzz`, a person reads what it was. */
import { expect, test } from "vitest";
import { whatEnded, whatThrew } from "./what-failed.ts";

test("an error is what its message says", () => {
  expect(whatThrew(new Error("an event was lost"))).toBe("an event was lost");
});

test("an error without a message is its name, and where it comes from", () => {
  expect(whatThrew(new TypeError())).toMatch(/^TypeError without a message, at .*what-failed\.test\.ts/);
  const nowhere = Object.assign(new RangeError(" \n"), { stack: undefined });
  expect(whatThrew(nowhere)).toBe("RangeError without a message");
});

test("what is thrown and no error is shown as it is", () => {
  expect(whatThrew("")).toBe("it threw ''");
  expect(whatThrew({ id: 3 })).toBe("it threw { id: 3 }");
  expect(whatThrew(undefined)).toBe("it was interrupted");
});

test("a test runner that was killed says so, though it had nothing to print", () => {
  expect(whatEnded("", null, "SIGKILL")).toBe("the test runner was ended by SIGKILL, and printed nothing");
  expect(whatEnded("\n\n \n", 1, null)).toBe("the test runner ended with 1, and printed nothing");
});

test("of what it printed the end is told, beginning with a word", () => {
  const output = `\n RUN  v4\n${"·".repeat(5000)}${"\n".repeat(4000)}AssertionError: expected 1 to be 2\n\n`;
  expect(whatEnded(output, 1, null)).toBe(
    "the test runner ended with 1:\nAssertionError: expected 1 to be 2",
  );
});
