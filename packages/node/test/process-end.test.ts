/** What the SDK does to the end of a process, in real processes. */
import { describe, expect, test } from "vitest";
import { PRINT_STATS, PROCESS_LIMIT_MS, runCommonJs, runModule } from "./child-process.ts";
import { accept, hang, refuse, startIngestionApi, unusedUrl } from "./ingestion-api.ts";

const QUIET_END = { exitCode: 0, stderr: "" };

describe("a process that ends by itself", { timeout: PROCESS_LIMIT_MS }, () => {
  test("delivers what is queued first", async () => {
    const api = await startIngestionApi();
    const ended = await runModule(
      api.url,
      `const whisperr = createWhisperr({ baseUrl, exitTimeoutMs });
       ${PRINT_STATS}
       whisperr.identify("ada", { email: "ada@example.com" });
       whisperr.track("ada", "signed_up");`,
    );
    expect(ended).toMatchObject(QUIET_END);
    expect(JSON.parse(ended.stdout)).toEqual({ accepted: 2, delivered: 2, dropped: {}, pending: 0 });
    expect(api.requests.map((request) => request.path)).toEqual(["/v1/identify", "/v1/events/batch"]);
  });

  test("delivers what is queued first under require() too", async () => {
    const api = await startIngestionApi();
    const ended = await runCommonJs(
      api.url,
      `createWhisperr({ baseUrl, exitTimeoutMs }).track("ada", "signed_up", { plan: "pro" });`,
    );
    expect(ended).toEqual({ ...QUIET_END, stdout: "" });
    expect(api.events()).toMatchObject([
      { external_user_id: "ada", event_type: "signed_up", properties: { plan: "pro" } },
    ]);
  });

  test("keeps its exit code while it delivers", async () => {
    const api = await startIngestionApi();
    const ended = await runModule(
      api.url,
      `createWhisperr({ baseUrl, exitTimeoutMs }).track("ada", "signed_up"); process.exitCode = 7;`,
    );
    expect(ended).toMatchObject({ exitCode: 7, stderr: "" });
    expect(api.eventTypes()).toEqual(["signed_up"]);
  });

  test("is not kept alive by the flush interval", async () => {
    const api = await startIngestionApi();
    const ended = await runModule(
      api.url,
      `const whisperr = createWhisperr({ baseUrl, exitTimeoutMs: 0, flushIntervalMs: 2_000_000_000 });
       ${PRINT_STATS}
       whisperr.track("ada", "signed_up");`,
    );
    expect(ended).toMatchObject(QUIET_END);
    expect(JSON.parse(ended.stdout)).toMatchObject({ pending: 1 });
  });

  test("is not kept alive by the connection or the timers of a delivery that is done", async () => {
    const api = await startIngestionApi();
    const ended = await runModule(
      api.url,
      `const whisperr = createWhisperr({ baseUrl, requestTimeoutMs: 2_000_000_000, exitTimeoutMs: 2_000_000_000 });
       whisperr.track("ada", "signed_up");
       await whisperr.flush();
       whisperr.track("ada", "signed_in");`,
    );
    expect(ended).toMatchObject(QUIET_END);
    expect(api.eventTypes()).toEqual(["signed_up", "signed_in"]);
  });

  test("does not even try when exitTimeoutMs is 0", async () => {
    const api = await startIngestionApi();
    const ended = await runModule(
      api.url,
      `const watched = (url, init) => {
         console.log("tried");
         return fetch(url, init);
       };
       const whisperr = createWhisperr({ baseUrl, fetch: watched, exitTimeoutMs: 0 });
       ${PRINT_STATS}
       whisperr.track("ada", "signed_up");`,
    );
    expect(ended).toMatchObject(QUIET_END);
    expect(JSON.parse(ended.stdout)).toEqual({ accepted: 1, delivered: 0, dropped: {}, pending: 1 });
    expect(api.requests).toEqual([]);
  });
});

describe("a process that ends by itself while the API is in trouble", { timeout: PROCESS_LIMIT_MS }, () => {
  test.each([
    ["when exitTimeoutMs is over", "exitTimeoutMs: 50"],
    ["after a while by default", ""],
  ])("lets go of a request that hangs, %s", async (_when, option) => {
    const api = await startIngestionApi(hang);
    const ended = await runModule(
      api.url,
      `const watched = (url, init) => {
         init.signal.addEventListener("abort", () => console.log("let go"));
         return fetch(url, init);
       };
       const onError = (error) => console.log(error.type, error.count);
       const whisperr = createWhisperr({ baseUrl, fetch: watched, requestTimeoutMs: 2_000_000_000, onError, ${option} });
       process.on("exit", () => console.log(whisperr.stats().pending, "pending"));
       whisperr.track("ada", "signed_up");`,
    );
    expect(ended).toEqual({ ...QUIET_END, stdout: "let go\nretry_exhausted 1\n1 pending\n" });
  });

  test("gives up on a server's wish to wait when exitTimeoutMs is over", async () => {
    const api = await startIngestionApi((response) => {
      response.writeHead(429, { "retry-after": "60" }).end();
    });
    const ended = await runModule(
      api.url,
      `const whisperr = createWhisperr({ baseUrl, exitTimeoutMs: 300 });
       ${PRINT_STATS}
       whisperr.track("ada", "signed_up");`,
    );
    expect(ended).toMatchObject({ exitCode: 0 });
    expect(ended.stderr).toMatch(/1 operation still queued/);
    expect(JSON.parse(ended.stdout)).toMatchObject({ pending: 1 });
  });

  test("is held by flush({ timeoutMs }) no longer than that, and for exitTimeoutMs behind it", async () => {
    const api = await startIngestionApi(refuse(503));
    const ended = await runModule(
      api.url,
      `const whisperr = createWhisperr({
         baseUrl, exitTimeoutMs: 50, backoff: { baseMs: 1_000_000_000, maxMs: 1_000_000_000 }, onError() {},
       });
       whisperr.track("ada", "signed_up");
       console.log(JSON.stringify(await whisperr.flush({ timeoutMs: 50 })));`,
    );
    expect(ended).toEqual({ ...QUIET_END, stdout: '{"delivered":0,"dropped":0,"pending":1}\n' });
  });

  test.each([
    ["an unset", "", 0],
    ["a set", "process.exitCode = 7;", 7],
  ])("ends when nobody answers, and keeps %s exit code", async (_which, statement, exitCode) => {
    const ended = await runModule(
      await unusedUrl(),
      `const whisperr = createWhisperr({ baseUrl, exitTimeoutMs: 300, onError() {} });
       ${PRINT_STATS}
       ${statement}
       whisperr.track("ada", "signed_up");`,
    );
    expect(ended).toMatchObject({ exitCode, stderr: "" });
    expect(JSON.parse(ended.stdout)).toMatchObject({ accepted: 1, pending: 1 });
  });

  test("asks once when the key is refused, and ends", async () => {
    const api = await startIngestionApi(refuse(401));
    const ended = await runModule(
      api.url,
      `const whisperr = createWhisperr({ baseUrl, exitTimeoutMs, onError: (error) => console.log(error.type) });
       whisperr.track("ada", "signed_up");`,
    );
    expect(ended).toEqual({ ...QUIET_END, stdout: "auth\n" });
    expect(api.requests).toHaveLength(1);
  });

  test("does not sit out a backoff that was running", async () => {
    const api = await startIngestionApi((response, requestNumber) =>
      (requestNumber === 1 ? refuse(500) : accept)(response, requestNumber),
    );
    const ended = await runModule(
      api.url,
      `const whisperr = createWhisperr({
         baseUrl, flushAt: 1, backoff: { baseMs: 1_000_000_000, maxMs: 1_000_000_000 }, exitTimeoutMs: 20_000,
       });
       whisperr.track("ada", "signed_up");`,
    );
    expect(ended).toMatchObject(QUIET_END);
    expect(api.eventTypes()).toEqual(["signed_up", "signed_up"]);
  });
});

describe("a process that is ended at once", { timeout: PROCESS_LIMIT_MS }, () => {
  const LINE =
    "[whisperr] The process ended before 2 operations could be sent: await whisperr.shutdown() before it exits, or use a durable outbox.\n";
  const QUEUED = `createWhisperr({ baseUrl, exitTimeoutMs, onError() {} }).identify("ada");
    const whisperr = createWhisperr({ baseUrl, exitTimeoutMs, onError: ({ type }) => console.log(type) });
    whisperr.track("ada", "signed_up"); whisperr.track("ada", "plan_upgraded");`;

  test.each([
    ["process.exit()", "process.exit(3);", 3],
    ["an uncaught exception", "throw new Error('of the app');", 1],
    ["an unhandled rejection", "Promise.reject(new Error('of the app'));", 1],
  ])("says on stderr what %s takes along, of each client once", async (_what, end, exitCode) => {
    const api = await startIngestionApi(hang);
    const ended = await runModule(api.url, `${QUEUED} ${end}`);
    expect(ended).toMatchObject({ exitCode, stdout: "retry_exhausted\n" });
    expect(ended.stderr.split(LINE)).toHaveLength(2);
    expect(ended.stderr).toContain("before 1 operation could be sent");
  });

  test.each([
    ["an end by itself", ""],
    ["process.exit()", "process.exit();"],
    ["an uncaught exception", "throw new Error('of the app');"],
  ])("says what a handler of the app's records at %s, though nothing waited before", async (_what, end) => {
    const api = await startIngestionApi();
    const ended = await runModule(
      api.url,
      `const whisperr = createWhisperr({ baseUrl, exitTimeoutMs });
       process.on("exit", () => whisperr.track("ada", "signed_out"));
       ${end}`,
    );
    expect(ended.stderr.split(LINE.replace("2 operations", "1 operation"))).toHaveLength(2);
  });

  test("says nothing where an outbox keeps it, nor where nothing waits", async () => {
    const api = await startIngestionApi();
    const ended = await runModule(
      api.url,
      `import { createMemoryOutbox } from "@whisperr/node";
       createWhisperr({ baseUrl, exitTimeoutMs, outbox: createMemoryOutbox() }).track("ada", "signed_up");
       const whisperr = createWhisperr({ baseUrl, exitTimeoutMs });
       whisperr.track("ada", "signed_up");
       await whisperr.flush();
       process.exit();`,
    );
    expect(ended).toEqual({ ...QUIET_END, stdout: "" });
  });

  test("says what Redis has not taken yet", async () => {
    const ended = await runModule(
      await unusedUrl(),
      `const { redisOutbox } = await import("@whisperr/node/redis");
       const client = { sendCommand: () => new Promise(() => {}) };
       createWhisperr({ exitTimeoutMs, outbox: redisOutbox({ client }) }).track("ada", "signed_up");
       setTimeout(() => process.exit(), 50);`,
    );
    const line =
      "[whisperr] The process ended before 1 operation could be sent: await whisperr.shutdown() before it exits.\n";
    expect(ended).toMatchObject({ exitCode: 0, stderr: line });
  });

  test("says it in a line of its own without an onError, and no more", async () => {
    const ended = await runModule(
      await unusedUrl(),
      `const whisperr = createWhisperr({ baseUrl, exitTimeoutMs });
       whisperr.track("ada", "signed_up"); whisperr.track("ada", "plan_upgraded");
       process.exit();`,
    );
    expect(ended).toMatchObject({ exitCode: 0, stderr: LINE });
  });
});

describe("a client that is made with care", { timeout: PROCESS_LIMIT_MS }, () => {
  test("in a test run one of them says that it would send to production, and what to write; no other, and none with an address of its own", async () => {
    const ended = await runModule(
      await unusedUrl(),
      `createWhisperr({ baseUrl }); createWhisperr({ fetch }); createWhisperr({ disabled: true });
       console.error("until here nothing");
       createWhisperr(); createWhisperr();`,
    );
    expect(ended).toMatchObject({ exitCode: 0, stdout: "" });
    expect(ended.stderr).toMatch(
      /^until here nothing\n\[whisperr\] This is a test run, .*write createTestWhisperr\(\) of @whisperr\/node\/testing.*\n$/,
    );
  });

  test("is told of an option that there is none of, and so is an identify of what it takes not", async () => {
    const api = await startIngestionApi();
    const ended = await runModule(
      api.url,
      `const whisperr = createWhisperr({ baseUrl, exitTimeoutMs, flushInterval: 5 });
       whisperr.identify("ada", { plan: "pro", email: "ada@example.com" });
       whisperr.identify("bob", { plan: "pro", traits: { seats: 3 } });`,
    );
    expect(ended.stderr.trim().split("\n")).toEqual([
      '[whisperr] createWhisperr() has no option "flushInterval": write flushIntervalMs.',
      '[whisperr] identify() has no option "plan": write traits: { plan }.',
    ]);
    expect(api.requests).toHaveLength(2);
  });
});

describe("a process that ends while users are looked up", { timeout: PROCESS_LIMIT_MS }, () => {
  /** Two calls of a request whose user is known once the program calls `found()`: by nothing that holds the process. */
  const LOOKING_UP = `
    import { whisperrExpress } from "@whisperr/node/express";
    const whisperr = createWhisperr({ baseUrl, exitTimeoutMs: EXIT_TIMEOUT_MS });
    ${PRINT_STATS}
    let found;
    const user = new Promise((resolve) => { found = () => setTimeout(resolve, 100, "ada").unref(); });
    const request = {};
    whisperrExpress(whisperr, { resolveUser: () => user })(request, { locals: {} }, () => {});
    request.whisperr.track("signed_up");
    request.whisperr.identify();`;
  const lookingUp = (exitTimeoutMs = 20_000) => LOOKING_UP.replace("EXIT_TIMEOUT_MS", String(exitTimeoutMs));
  const ALL = { accepted: 2, delivered: 2, dropped: {}, pending: 0 };

  test.each([
    ["by itself", "found();"],
    ["behind flush()", "found(); await whisperr.flush();"],
    ["behind shutdown()", "found(); await whisperr.shutdown();"],
  ])("delivers their calls when it ends %s", async (_how, end) => {
    const api = await startIngestionApi();
    const ended = await runModule(api.url, `${lookingUp()} ${end}`);
    expect(ended).toMatchObject(QUIET_END);
    expect(JSON.parse(ended.stdout)).toEqual(ALL);
    expect(api.requests.map((request) => request.path)).toEqual(["/v1/events/batch", "/v1/identify"]);
  });

  test.each([
    ["process.exit()", "process.exit();"],
    ["an end that waited in vain", ""],
  ])("says in one line what %s takes along", async (_what, end) => {
    const ended = await runModule(await unusedUrl(), `${lookingUp(300)} ${end}`);
    const line =
      "[whisperr] The process ended before 2 operations could be sent: await whisperr.shutdown() before it exits.\n";
    expect(ended).toMatchObject({ exitCode: 0, stderr: line });
    expect(JSON.parse(ended.stdout)).toMatchObject({ accepted: 2, pending: 2 });
  });

  test.skipIf(process.platform === "win32")("says what a signal takes along", async () => {
    const end = `closeOnSignal(whisperr, { timeoutMs: 300 }); process.kill(process.pid, "SIGTERM");`;
    const ended = await runModule(await unusedUrl(), `${lookingUp()} ${end}`);
    expect(ended).toMatchObject({ signal: "SIGTERM" });
    expect(ended.stderr).toContain("[whisperr] 2 calls came too late");
  });
});
