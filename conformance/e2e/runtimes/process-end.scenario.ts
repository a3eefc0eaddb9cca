/**
 * The end of a process on Deno and on Bun: what was tracked arrives, whichever way it ends, and nothing holds it longer.
 * Whatever could hold it would do so for ever: an interval of weeks, connections that the API never closes.
 */

import { startTestApi } from "@whisperr/conformance/api/fixture";
import { describe, expect, test } from "vitest";
import { numbers, upTo } from "./numbers.ts";
import { bun, deno } from "./runtime.ts";
import { runProgram, startProgram } from "./start-program.ts";

const QUIET_END = { exit: 0, stderr: "" };

const track = (count: number) =>
  `for (let n = 0; n < ${count}; n++) whisperr.track("ada", "step_taken", { n });`;

describe.each([deno, bun])("on $title", (runtime) => {
  test.each([
    ["too few events to start a flush", 5],
    ["more than a request takes", 600],
  ])("a script that simply ends delivers everything first, and ends: %s", async (_what, count) => {
    const api = await startTestApi({ script: [{ kind: "delay", ms: 200 }] });
    const ended = await runProgram({
      runtime,
      apiUrl: api.url,
      source: `const whisperr = createWhisperr({ ...options, flushIntervalMs: 2_000_000_000 });
        whisperr.identify("ada", { traits: { plan: "pro" } });
        ${track(count)}`,
    });
    expect(ended).toMatchObject(QUIET_END);
    expect(numbers(api)).toEqual(upTo(count));
    expect(api.store.users.get("ada")?.traits).toEqual({ plan: "pro" });
  });

  test("shutdown() delivers everything, and the script ends", async () => {
    const api = await startTestApi();
    const ended = await runProgram({
      runtime,
      apiUrl: api.url,
      source: `const whisperr = createWhisperr({ ...options, flushIntervalMs: 2_000_000_000 });
        ${track(600)}
        const { delivered, pending } = await whisperr.shutdown();
        console.log(delivered, pending);`,
    });
    expect(ended).toMatchObject({ ...QUIET_END, stdout: "600 0\n" });
    expect(numbers(api)).toEqual(upTo(600));
  });

  test("SIGTERM with the one line of the README delivers everything", async () => {
    const api = await startTestApi();
    const program = startProgram({
      runtime,
      apiUrl: api.url,
      source: `const whisperr = createWhisperr(options);
        ${runtime.onSigterm}
        ${track(600)}
        setInterval(() => {}, 1000);
        console.log("ready");`,
    });
    await program.printed("ready");
    program.kill("SIGTERM");
    expect(await program.ended).toMatchObject(QUIET_END);
    expect(numbers(api)).toEqual(upTo(600));
  });

  test("a connection kept open does not hold the process after a flush", async () => {
    const api = await startTestApi();
    const ended = await runProgram({
      runtime,
      apiUrl: api.url,
      source: `const whisperr = createWhisperr({ ...options, flushIntervalMs: 2_000_000_000 });
        whisperr.track("ada", "step_taken", { n: 0 });
        await whisperr.flush();`,
    });
    expect(ended).toMatchObject(QUIET_END);
  });

  test("an API that hangs delays the end by exitTimeoutMs, and what stays is reported", async () => {
    const api = await startTestApi();
    api.setDefault({ kind: "hang" });
    const ended = await runProgram({
      runtime,
      apiUrl: api.url,
      source: `const onError = ({ type, count }) => console.log(type, count);
        const whisperr = createWhisperr({ ...options, onError, exitTimeoutMs: 300, requestTimeoutMs: 2_000_000_000 });
        whisperr.track("ada", "step_taken", { n: 0 });
        ${runtime.setExitCode(7)}`,
    });
    expect(ended).toMatchObject({ exit: 7, stderr: "", stdout: "retry_exhausted 1\n" });
  });

  test("flush() keeps the process alive through waits between attempts", async () => {
    const api = await startTestApi({
      script: [
        { kind: "status", status: 503 },
        { kind: "status", status: 503 },
      ],
    });
    const ended = await runProgram({
      runtime,
      apiUrl: api.url,
      source: `const whisperr = createWhisperr({ ...options, exitTimeoutMs: 0, backoff: { baseMs: 50, maxMs: 50 } });
        whisperr.track("ada", "step_taken", { n: 0 });
        console.log((await whisperr.flush()).delivered);`,
    });
    expect(ended).toMatchObject({ ...QUIET_END, stdout: "1\n" });
  });

  test("many clients deliver theirs, and the runtime warns of nothing", async () => {
    const api = await startTestApi();
    const ended = await runProgram({
      runtime,
      apiUrl: api.url,
      source: `for (let n = 0; n < 30; n++) createWhisperr({ ...options, exitTimeoutMs: 60_000 }).track("ada", "step_taken", { n });`,
    });
    expect(ended).toMatchObject({ ...QUIET_END, stdout: "" });
    expect(
      numbers(api)
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(upTo(30));
  });
});
