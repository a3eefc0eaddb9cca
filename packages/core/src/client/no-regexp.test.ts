/**
 * A call can come at the very end of the call stack: an app tracks what it has caught. There V8 cannot compile a RegExp, which it
 * does at its first use, and versions 18 to 22 of Node end the process.
 */
import { expect, onTestFinished, test, vi } from "vitest";
import { clientFixture } from "../../test/client-fixture.ts";

test.each<[string, readonly unknown[]]>([
  ["an event", ["ada", "step_failed", { list: [1, { n: 2n }] }, { a: 1 }]],
  ["a name that is none", ["ada", "Not \x1b[2J \u202e Valid"]],
  ["a user that is none", [{}, "step_failed"]],
  ["properties that throw", ["ada", "step_failed", { toJSON: () => JSON.parse("no\n\x1b JSON") }]],
  ["a value that is too large", ["ada", "step_failed", { text: "x".repeat(5_000_000) }]],
])("%s is tracked, or refused and reported, without a RegExp", (_what, call) => {
  const { untyped, client, errors } = clientFixture({ debug: true });
  const exec = vi.spyOn(RegExp.prototype, "exec");
  onTestFinished(() => exec.mockRestore());
  untyped.track(...call);
  const used = exec.mock.contexts.map(String);
  exec.mockRestore();
  expect(used).toEqual([]);
  expect(client.stats().accepted).toBe(1);
  expect(errors.length).toBeLessThanOrEqual(1);
});
