/** The SDK beside other things that live in a process: the app's exit handlers, many clients, workers, awaits. */
import { describe, expect, test } from "vitest";
import { KEY, PRINT_STATS, PROCESS_LIMIT_MS, runModule } from "./child-process.ts";
import { failAtFirst, hang, refuse, startIngestionApi, unusedUrl } from "./ingestion-api.ts";

const QUIET_END = { exitCode: 0, stderr: "" };

describe("an app's own beforeExit handler", { timeout: PROCESS_LIMIT_MS }, () => {
  test.each([
    ["with nothing queued before", ""],
    ["with something queued before", `whisperr.track("ada", "earlier");`],
  ])("may track: it is delivered, %s", async (_when, statement) => {
    const api = await startIngestionApi();
    const ended = await runModule(
      api.url,
      `const whisperr = createWhisperr({ baseUrl, exitTimeoutMs });
       ${PRINT_STATS}
       ${statement}
       process.once("beforeExit", () => whisperr.track("ada", "process_ended"));`,
    );
    expect(ended).toMatchObject(QUIET_END);
    expect(JSON.parse(ended.stdout)).toMatchObject({ pending: 0 });
    expect(api.eventTypes().filter((type) => type === "process_ended")).toHaveLength(1);
  });

  test("may track after work of its own: it is delivered", async () => {
    const api = await startIngestionApi();
    const ended = await runModule(
      api.url,
      `import { readFile } from "node:fs/promises";
       const whisperr = createWhisperr({ baseUrl, exitTimeoutMs });
       whisperr.track("ada", "earlier");
       process.once("beforeExit", async () => {
         await whisperr.flush();
         await readFile("package.json");
         whisperr.track("ada", "process_ended");
       });`,
    );
    expect(ended).toMatchObject(QUIET_END);
    expect(api.eventTypes()).toEqual(["earlier", "process_ended"]);
  });

  test("may track each time it is called: the process ends all the same", async () => {
    const api = await startIngestionApi();
    const ended = await runModule(
      api.url,
      `const whisperr = createWhisperr({ baseUrl, exitTimeoutMs, onError: (error) => console.log(error.type, error.count) });
       process.on("beforeExit", () => whisperr.track("ada", "process_ended"));`,
    );
    // So many times it is delivered; what stays behind then is said.
    expect(ended).toMatchObject({ ...QUIET_END, stdout: expect.stringMatching(/^retry_exhausted \d+\n$/) });
    expect(api.eventTypes().length).toBeGreaterThanOrEqual(10);
  });

  test("does not stretch exitTimeoutMs by tracking each time, while the API hangs", async () => {
    const api = await startIngestionApi(hang);
    const ended = await runModule(
      api.url,
      `const { setTimeout } = globalThis;
       const waits = [];
       globalThis.setTimeout = (callback, ms) => {
         waits.push(ms);
         return setTimeout(callback, ms);
       };
       const whisperr = createWhisperr({ baseUrl, exitTimeoutMs: 400, onError() {} });
       process.on("beforeExit", () => whisperr.track("ada", "process_ended"));
       process.on("exit", () => console.log(JSON.stringify(waits.filter((ms) => ms <= 400))));`,
    );
    expect(ended).toMatchObject(QUIET_END);
    // Ten exit flushes: the first takes the whole of it, the others what is left.
    const [first, ...others] = JSON.parse(ended.stdout) as number[];
    expect(first).toBe(400);
    expect(Math.max(...others)).toBeLessThan(100);
    expect(others).toHaveLength(9);
  });
});

describe("many clients in one process", { timeout: PROCESS_LIMIT_MS }, () => {
  test("deliver all, and Node warns of no leak", async () => {
    const api = await startIngestionApi();
    const ended = await runModule(
      api.url,
      `for (let n = 0; n < 30; n++) createWhisperr({ baseUrl, exitTimeoutMs }).track("ada", "client_" + n);`,
    );
    expect(ended).toEqual({ ...QUIET_END, stdout: "" });
    expect(api.eventTypes().sort()).toEqual(Array.from({ length: 30 }, (_, n) => `client_${n}`).sort());
  });

  test("leave no listener behind when they have delivered and are forgotten", async () => {
    const api = await startIngestionApi();
    const ended = await runModule(
      api.url,
      `const counts = [];
       const count = () => counts.push(process.listenerCount("beforeExit"));
       for (let n = 0; n < 3; n++) {
         const whisperr = createWhisperr({ baseUrl, exitTimeoutMs });
         count();
         whisperr.track("ada", "signed_up");
         count();
         await whisperr.flush();
         count();
       }
       console.log(JSON.stringify(counts));`,
    );
    expect(ended).toMatchObject(QUIET_END);
    expect(JSON.parse(ended.stdout)).toEqual([0, 1, 0, 0, 1, 0, 0, 1, 0]);
  });

  test("leave no listener behind when one is shut down with events it could not deliver", async () => {
    const ended = await runModule(
      await unusedUrl(),
      `const whisperr = createWhisperr({ baseUrl, maxRetries: 0, onError() {} });
       whisperr.track("ada", "signed_up");
       await whisperr.shutdown();
       console.log(process.listenerCount("beforeExit"), whisperr.stats().pending);`,
    );
    expect(ended).toEqual({ ...QUIET_END, stdout: "0 1\n" });
  });
});

describe("a top-level await", { timeout: PROCESS_LIMIT_MS }, () => {
  test.each(["flush", "shutdown"])("of %s() resolves although the API fails for a while", async (method) => {
    const api = await startIngestionApi(failAtFirst(3));
    const ended = await runModule(
      api.url,
      `const whisperr = createWhisperr({ baseUrl, exitTimeoutMs, backoff: { baseMs: 20, maxMs: 40 } });
       whisperr.track("ada", "signed_up");
       console.log(JSON.stringify(await whisperr.${method}()));`,
    );
    expect(ended).toMatchObject(QUIET_END);
    expect(JSON.parse(ended.stdout)).toEqual({ delivered: 1, dropped: 0, pending: 0 });
    expect(api.requests).toHaveLength(4);
  });

  test.each(["flush", "shutdown"])("of %s() resolves when retries run out", async (method) => {
    const ended = await runModule(
      await unusedUrl(),
      `const whisperr = createWhisperr({
         baseUrl, exitTimeoutMs: 0, maxRetries: 2, backoff: { baseMs: 20, maxMs: 40 }, onError() {},
       });
       whisperr.track("ada", "signed_up");
       console.log(JSON.stringify(await whisperr.${method}()));`,
    );
    expect(ended).toMatchObject(QUIET_END);
    expect(JSON.parse(ended.stdout)).toEqual({ delivered: 0, dropped: 0, pending: 1 });
  });
});

test("a worker thread delivers what is queued before it ends", { timeout: PROCESS_LIMIT_MS }, async () => {
  const api = await startIngestionApi();
  const ended = await runModule(
    api.url,
    `import { Worker } from "node:worker_threads";
     const program = 'const { createWhisperr } = require("@whisperr/node");'
       + 'createWhisperr({ baseUrl: ' + JSON.stringify(baseUrl) + ', exitTimeoutMs: 20_000 }).track("ada", "from_worker");';
     new Worker(program, { eval: true, execArgv: [] }).on("exit", (code) => console.log("worker ended", code));
     createWhisperr({ baseUrl, exitTimeoutMs }).track("ada", "from_main");`,
  );
  expect(ended).toEqual({ ...QUIET_END, stdout: "worker ended 0\n" });
  expect(api.eventTypes().sort()).toEqual(["from_main", "from_worker"]);
});

describe("the key", { timeout: PROCESS_LIMIT_MS }, () => {
  const echo = JSON.stringify({ error: { code: "trouble", message: `with the key ${KEY}` } });

  test.each([
    ["refuses the key", refuse(401, echo)],
    ["refuses the event", refuse(400, echo)],
    ["fails", refuse(500, echo)],
  ])("is never printed, debug and an API that echoes it and %s included", async (_how, answer) => {
    const api = await startIngestionApi(answer);
    const ended = await runModule(
      api.url,
      `const options = { baseUrl, maxRetries: 1, backoff: { baseMs: 1, maxMs: 1 } };
       const heard = [];
       const clients = [
         createWhisperr({ ...options, debug: true }),
         createWhisperr(options),
         createWhisperr({ ...options, onError: (error) => heard.push(error) }),
       ];
       for (const whisperr of clients) whisperr.track("ada", "signed_up");
       await Promise.all(clients.map((whisperr) => whisperr.flush()));
       console.log(heard, clients);`,
    );
    expect(ended.exitCode).toBe(0);
    expect(api.requests[0]?.key).toBe(KEY);
    expect(ended.stdout).toContain("[whisperr] ");
    expect(ended.stdout).toContain("with the key wrk_…");
    expect(ended.stderr).toContain("[whisperr] ");
    expect(ended.stdout + ended.stderr).not.toContain(KEY);
  });
});
