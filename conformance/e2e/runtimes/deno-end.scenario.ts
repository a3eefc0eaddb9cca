/** What only Deno has: permissions, `Deno.serve`, `Deno.exit()`, and listeners of the page-like end of a process. */

import { startTestApi } from "@whisperr/conformance/api/fixture";
import { describe, expect, test } from "vitest";
import { numbers } from "./numbers.ts";
import { deno } from "./runtime.ts";
import { runProgram, startProgram } from "./start-program.ts";

const QUIET_END = { exit: 0, stderr: "" };

describe("permissions", () => {
  test("--allow-net=<host of the API> is all it needs", async () => {
    const api = await startTestApi();
    expect(deno.args(api.url)).toEqual(["run", "--no-prompt", `--allow-net=${new URL(api.url).host}`]);
    const ended = await runProgram({
      runtime: deno,
      apiUrl: api.url,
      source: `const whisperr = createWhisperr(options);
        whisperr.track("ada", "step_taken", { n: 0 });
        console.log(JSON.stringify(await whisperr.shutdown()));`,
    });
    expect(ended).toMatchObject({ ...QUIET_END, stdout: '{"delivered":1,"dropped":0,"pending":0}\n' });
  });

  const USE_ENVIRONMENT = `
    try {
      createWhisperr({ baseUrl: options.baseUrl }).track("ada", "step_taken", { n: 0 });
    } catch (error) {
      console.log(error.message);
    }`;

  test("the key comes from the environment when that may be read", async () => {
    const api = await startTestApi({ keys: ["wrk_from_environment"] });
    const ended = await runProgram({
      runtime: deno,
      apiUrl: api.url,
      source: USE_ENVIRONMENT,
      args: ["--allow-env=WHISPERR_API_KEY"],
      env: { WHISPERR_API_KEY: "wrk_from_environment" },
    });
    expect(ended).toMatchObject({ ...QUIET_END, stdout: "" });
    expect(numbers(api)).toEqual([0]);
  });

  test("without that nobody is asked, and the error says what to grant", async () => {
    const api = await startTestApi();
    const env = { WHISPERR_API_KEY: "wrk_from_environment" };
    const program = { runtime: deno, apiUrl: api.url, source: USE_ENVIRONMENT, env };
    const ended = await runProgram(program);
    expect(ended).toMatchObject(QUIET_END);
    expect(ended.stdout).toMatch(/apiKey must be given.*--allow-env=WHISPERR_API_KEY/);
  });

  test("without permission to reach the API events are kept, reported, and the process ends", async () => {
    const api = await startTestApi();
    const ended = await runProgram({
      runtime: deno,
      apiUrl: api.url,
      args: ["--deny-net"],
      source: `const onError = ({ type, message }) => console.log(type, message);
        const whisperr = createWhisperr({ ...options, onError, maxRetries: 0 });
        whisperr.track("ada", "step_taken");`,
    });
    expect(ended).toMatchObject(QUIET_END);
    expect(ended.stdout).toMatch(/^retry_exhausted .*net access/);
  });
});

describe("Deno.serve", () => {
  test("shut down on SIGTERM, the process ends by itself and delivers what the last requests tracked", async () => {
    const api = await startTestApi();
    const program = startProgram({
      runtime: deno,
      apiUrl: api.url,
      args: ["--allow-net=127.0.0.1"],
      source: `const whisperr = createWhisperr(options);
        const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log("port", port) }, () => {
          whisperr.track("ada", "step_taken", { n: 0 });
          return new Response("ok");
        });
        Deno.addSignalListener("SIGTERM", () => server.shutdown());`,
    });
    const port = (await program.printed("port")).trim();
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe("ok");
    program.kill("SIGTERM");
    expect(await program.ended).toMatchObject(QUIET_END);
    expect(numbers(api)).toEqual([0]);
  });
});

describe("Deno.exit()", () => {
  test("cannot wait: what is queued is reported, and said on the console", async () => {
    const api = await startTestApi();
    const ended = await runProgram({
      runtime: deno,
      apiUrl: api.url,
      source: `const onError = ({ type, count }) => console.log(type, count);
        const whisperr = createWhisperr({ ...options, onError });
        whisperr.track("ada", "step_taken");
        Deno.exit(3);`,
    });
    expect(ended).toMatchObject({
      exit: 3,
      stderr: expect.stringContaining("The process ended before 1 operation could be sent"),
      stdout: "retry_exhausted 1\n",
    });
    expect(api.requests).toEqual([]);
  });

  test("after shutdown() loses nothing and says nothing", async () => {
    const api = await startTestApi();
    const ended = await runProgram({
      runtime: deno,
      apiUrl: api.url,
      source: `const whisperr = createWhisperr({ ...options, onError: console.log });
        whisperr.track("ada", "step_taken", { n: 0 });
        await whisperr.shutdown();
        Deno.exit();`,
    });
    expect(ended).toMatchObject({ ...QUIET_END, stdout: "" });
    expect(numbers(api)).toEqual([0]);
  });
});

test("deno test finds nothing that leaks: no timer, no connection, no answer that was not read", async () => {
  const api = await startTestApi();
  const ended = await runProgram({
    runtime: { ...deno, args: (apiUrl) => ["test", "--no-check", ...deno.args(apiUrl).slice(1)] },
    apiUrl: api.url,
    source: `Deno.test({ name: "tracks", sanitizeOps: true, sanitizeResources: true, async fn() {
      const whisperr = createWhisperr(options);
      whisperr.track("ada", "step_taken", { n: 0 });
      await whisperr.shutdown();
    } });`,
  });
  expect(ended.stdout).toMatch(/1 passed.*0 failed/);
  expect(ended).toMatchObject(QUIET_END);
  expect(numbers(api)).toEqual([0]);
});
