/** The end of a process on Deno and on Bun: what was tracked arrives, whichever way it ends, and nothing holds it longer. */

import { startTestApi } from "@whisperr/conformance/api/fixture";
import { describe, expect, test } from "vitest";
import { numbers, upTo } from "./numbers.ts";
import { bun, deno } from "./runtime.ts";
import { runProgram, startProgram } from "./start-program.ts";

/** Issue 4, item 8: how long the end may be delayed while the API answers. */
const END_LIMIT_MS = 2000;
const QUIET_END = { exit: 0, stderr: "" };

const track = (count: number) =>
  `for (let n = 0; n < ${count}; n++) whisperr.track("ada", "step_taken", { n });`;

describe.each([deno, bun])("on $title", (runtime) => {
  test.each([
    ["too few events to start a flush", 5],
    ["more than a request takes", 600],
  ])("a script that simply ends delivers everything first, within 2 s: %s", async (_what, count) => {
    const api = await startTestApi({ script: [{ kind: "delay", ms: 200 }] });
    const { stdout, atMs, ...ended } = await runProgram({
      runtime,
      apiUrl: api.url,
      source: `const whisperr = createWhisperr(options);
        whisperr.identify("ada", { traits: { plan: "pro" } });
        ${track(count)}
        console.log(Date.now());`,
    });
    expect(ended).toEqual(QUIET_END);
    expect(numbers(api)).toEqual(upTo(count));
    expect(api.store.users.get("ada")?.traits).toEqual({ plan: "pro" });
    expect(atMs - Number(stdout)).toBeLessThan(END_LIMIT_MS);
  });

  test("shutdown() delivers everything, and the script ends at once", async () => {
    const api = await startTestApi();
    const { atMs, stdout, ...ended } = await runProgram({
      runtime,
      apiUrl: api.url,
      source: `const whisperr = createWhisperr(options);
        ${track(600)}
        const { delivered, pending } = await whisperr.shutdown();
        console.log(delivered, pending, Date.now());`,
    });
    expect(ended).toEqual(QUIET_END);
    const [delivered, pending, endedAtMs] = stdout.split(" ").map(Number);
    expect([delivered, pending]).toEqual([600, 0]);
    expect(numbers(api)).toEqual(upTo(600));
    expect(atMs - (endedAtMs ?? 0)).toBeLessThan(END_LIMIT_MS);
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
    const { stdout, atMs, ...ended } = await runProgram({
      runtime,
      apiUrl: api.url,
      source: `const whisperr = createWhisperr(options);
        whisperr.track("ada", "step_taken", { n: 0 });
        await whisperr.flush();
        console.log(Date.now());`,
    });
    expect(ended).toEqual(QUIET_END);
    expect(atMs - Number(stdout)).toBeLessThan(END_LIMIT_MS);
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
      source: `for (let n = 0; n < 30; n++) createWhisperr(options).track("ada", "step_taken", { n });`,
    });
    expect(ended).toMatchObject({ ...QUIET_END, stdout: "" });
    expect(
      numbers(api)
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(upTo(30));
  });
});
