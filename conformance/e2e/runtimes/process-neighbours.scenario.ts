/** The SDK beside an app's own handlers of the process's end, on Deno and on Bun. */

import { startTestApi } from "@whisperr/conformance/api/fixture";
import { describe, expect, test } from "vitest";
import { numbers, upTo } from "./numbers.ts";
import { bun, deno } from "./runtime.ts";
import { runProgram } from "./start-program.ts";

const QUIET_END = { exit: 0, stderr: "" };
/** Something is left, and the console has a line of it, or nothing is. */
const END = {
  exit: 0,
  stderr: expect.stringMatching(
    /^(\[whisperr\] The process ended before \d+ operations? could be sent.*\n)?$/,
  ),
};
const EXIT_MS = 1500;

describe.each([deno, bun])("on $title an app's own handler of the end", (runtime) => {
  test.each([
    ["with nothing queued before", ""],
    [
      "with something delivered before",
      `whisperr.track("ada", "step_taken", { n: 0 }); await whisperr.flush();`,
    ],
    ["with something queued before", `whisperr.track("ada", "step_taken", { n: 0 });`],
  ])("may track, and it is delivered, %s", async (_when, statement) => {
    const api = await startTestApi();
    const ended = await runProgram({
      runtime,
      apiUrl: api.url,
      source: `const whisperr = createWhisperr(options);
        ${statement}
        ${runtime.onOutOfWork(`() => whisperr.track("ada", "step_taken", { n: 1 })`, true)}`,
    });
    expect(ended).toMatchObject(QUIET_END);
    expect(numbers(api)).toEqual(statement === "" ? [1] : [0, 1]);
  });

  test("may track although it came before the client", async () => {
    const api = await startTestApi();
    const ended = await runProgram({
      runtime,
      apiUrl: api.url,
      source: `let whisperr;
        ${runtime.onOutOfWork(`() => whisperr.track("ada", "step_taken", { n: 0 })`, true)}
        whisperr = createWhisperr(options);`,
    });
    expect(ended).toMatchObject(QUIET_END);
    expect(numbers(api)).toEqual([0]);
  });

  test("may track each time it is called: the process ends all the same, and what stays is said", async () => {
    const api = await startTestApi();
    const ended = await runProgram({
      runtime,
      apiUrl: api.url,
      source: `let n = 0;
        const onError = ({ type, count }) => console.log(type, count);
        const whisperr = createWhisperr({ ...options, onError, exitTimeoutMs: 50_000 });
        ${runtime.onOutOfWork(`() => whisperr.track("ada", "step_taken", { n: n++ })`, false)}`,
    });
    expect(ended).toMatchObject({
      ...END,
      stdout: expect.stringMatching(/^(retry_exhausted \d+\n){1,2}$/),
    });
    expect(numbers(api).length).toBeGreaterThanOrEqual(9);
  });

  test("does not stretch exitTimeoutMs by tracking each time, while the API hangs", async () => {
    const api = await startTestApi();
    api.setDefault({ kind: "hang" });
    const ended = await runProgram({
      runtime,
      apiUrl: api.url,
      source: `const whisperr = createWhisperr({ ...options, exitTimeoutMs: ${EXIT_MS}, onError() {} });
        let firstMs;
        ${runtime.onOutOfWork(`() => { firstMs ??= performance.now(); whisperr.track("ada", "step_taken"); }`, false)}
        ${runtime.onEnd(`() => console.log((performance.now() - firstMs) / ${EXIT_MS} < 5)`)}`,
    });
    // Ten exit flushes would take ten times as long; what a busy machine adds is a part of one.
    expect(ended).toMatchObject({ ...END, stdout: "true\n" });
  });
});

describe.each([deno, bun])("on $title an idle client", (runtime) => {
  test("neither delays the end nor says a word, created and shut down or not", async () => {
    const api = await startTestApi();
    const ended = await runProgram({
      runtime,
      apiUrl: api.url,
      source: `createWhisperr(options);
        await createWhisperr(options).shutdown();
        const { delivered } = await createWhisperr({ disabled: true }).flush();
        console.log(delivered);`,
    });
    expect(ended).toMatchObject({ ...QUIET_END, stdout: "0\n" });
    expect(api.requests).toEqual([]);
  });

  test("whose flush interval is long lets the process end", async () => {
    const api = await startTestApi();
    const ended = await runProgram({
      runtime,
      apiUrl: api.url,
      source: `const whisperr = createWhisperr({ ...options, exitTimeoutMs: 0, flushIntervalMs: 2_000_000_000 });
        whisperr.track("ada", "step_taken", { n: 0 });
        console.log(JSON.stringify(whisperr.stats()));`,
    });
    expect(ended).toMatchObject(QUIET_END);
    expect(JSON.parse(ended.stdout)).toEqual({ accepted: 1, delivered: 0, dropped: {}, pending: 1 });
    expect(upTo(0)).toEqual(numbers(api));
  });
});
