/** Real processes that are told to end, by real signals. */
import { describe, expect, test } from "vitest";
import { type Ended, PROCESS_LIMIT_MS, runModule } from "./child-process.ts";
import { accept, hang, type IngestionApi, startIngestionApi } from "./ingestion-api.ts";

const SELF = `const end = () => process.kill(process.pid, "SIGTERM");`;

const LOST =
  "[whisperr] The process ended before 1 operation could be sent: await whisperr.shutdown() before it exits, or use a durable outbox.\n";

/** A server that records at the end of each request, and is told to end while the first one runs. */
const SERVER = `
  const whisperr = createWhisperr({ baseUrl });
  ${SELF}
  const { createServer } = await import("node:http");
  let url = "";
  const server = createServer((request, response) => {
    end();
    setTimeout(async () => {
      await fetch(url).catch(() => console.log("takes no more"));
      whisperr.track("ada", "order_placed");
      response.end("ordered");
    }, 200);
  });
  server.listen(0, "127.0.0.1", async () => {
    url = "http://127.0.0.1:" + server.address().port;
    console.log(await (await fetch(url, { headers: { connection: "close" } })).text());
  });`;

describe.skipIf(process.platform === "win32")("closeOnSignal()", { timeout: PROCESS_LIMIT_MS }, () => {
  async function ended(program: string, answer = accept): Promise<Ended & { readonly api: IngestionApi }> {
    const api = await startIngestionApi(answer);
    return { ...(await runModule(api.url, program)), api };
  }

  test("lets the request that runs finish and record, takes no other, and leaves the end to the signal", async () => {
    const { api, ...end } = await ended(`${SERVER} closeOnSignal(whisperr, { server });`);
    expect(end).toMatchObject({ exitCode: null, signal: "SIGTERM", stderr: "" });
    expect(end.stdout.split("\n").slice(0, 1)).toEqual(["takes no more"]);
    expect(api.eventTypes()).toEqual(["order_placed"]);
  });

  test("delivers what is queued where there is no server", async () => {
    const { api, ...end } = await ended(`
      const whisperr = createWhisperr({ baseUrl });
      ${SELF}
      closeOnSignal(whisperr);
      setInterval(() => {}, 1_000);
      whisperr.track("ada", "signed_up");
      end();`);
    expect(end).toMatchObject({ exitCode: null, signal: "SIGTERM" });
    expect(api.eventTypes()).toEqual(["signed_up"]);
  });

  test("ends at its deadline, whatever hangs, and says what stays behind", async () => {
    const end = await ended(
      `
      const whisperr = createWhisperr({ baseUrl });
      ${SELF}
      const server = { close() {} };
      closeOnSignal(whisperr, { server, timeoutMs: 300 });
      whisperr.track("ada", "signed_up");
      end();`,
      hang,
    );
    expect(end).toMatchObject({ exitCode: null, signal: "SIGTERM" });
    expect(end.stderr).toContain("1 operation");
  });

  test("a server that cannot be closed keeps nothing from being delivered", async () => {
    const { api, ...end } = await ended(`
      const whisperr = createWhisperr({ baseUrl });
      ${SELF}
      const server = { close() { throw new Error("not running"); } };
      closeOnSignal(whisperr, { server });
      whisperr.track("ada", "signed_up");
      end();`);
    expect(end).toMatchObject({ signal: "SIGTERM", stderr: "" });
    expect(api.eventTypes()).toEqual(["signed_up"]);
  });

  test.each([
    [
      `{ timeoutMs: "5s" }`,
      `timeoutMs must be a whole number from 0 to 2,147,483,647 (got text); 5,000 is taken.`,
    ],
    [`{ timeoutMs: NaN }`, "timeoutMs must be"],
    [`{ signals: 15 }`, "SIGTERM and SIGINT are taken."],
    [`{ signals: ["SIGKILL", "SIGTERM"] }`, "nothing is delivered at SIGKILL."],
    [
      `{ server: Object.assign(() => {}, { listen() {} }) }`,
      "server must be a server with close(), as in server: app.listen(...) (got a function); requests that run are not waited for.",
    ],
    [`{ server: 3000 }`, "(got 3000); requests that run are not waited for."],
    [`{ server: { close: (done) => done(), on() { throw new Error("no events"); } } }`, "no events"],
    [`null`, ""],
  ])("what it cannot use is said, and it does without: %s", async (options, said) => {
    const { api, ...end } = await ended(`
      const whisperr = createWhisperr({ baseUrl });
      ${SELF}
      closeOnSignal(whisperr, ${options});
      setInterval(() => {}, 1_000);
      whisperr.track("ada", "signed_up");
      end();`);
    expect(end).toMatchObject({ exitCode: null, signal: "SIGTERM" });
    expect(end.stderr).toContain(said);
    expect(api.eventTypes()).toEqual(["signed_up"]);
  });

  test("a console that throws, as some tests make it, keeps it from nothing", async () => {
    const { api, ...end } = await ended(`
      console.warn = () => { throw new Error("no warnings in this suite"); };
      const whisperr = createWhisperr({ baseUrl });
      ${SELF}
      closeOnSignal(whisperr, { timeoutMs: NaN });
      whisperr.track("ada", "signed_up");
      end();`);
    expect(end).toMatchObject({ exitCode: null, signal: "SIGTERM" });
    expect(api.eventTypes()).toEqual(["signed_up"]);
  });

  test("leaves the end to the app's own listener, which hears of the signal once", async () => {
    const { api, ...end } = await ended(`
      const whisperr = createWhisperr({ baseUrl });
      ${SELF}
      process.on("SIGTERM", () => {
        console.log("mine");
        process.exitCode = 3;
      });
      closeOnSignal(whisperr);
      whisperr.track("ada", "signed_up");
      end();`);
    expect(end).toMatchObject({ exitCode: 3, stdout: "mine\n" });
    expect(api.eventTypes()).toEqual(["signed_up"]);
  });

  test.each(["before", "after"])(
    "leaves it to one of process.once() that was there %s it, whatever that waits for",
    async (when) => {
      const once = `process.once("SIGTERM", () => setTimeout(() => process.exit(3), 1_000));`;
      const { api, ...end } = await ended(`
      const whisperr = createWhisperr({ baseUrl });
      ${SELF}
      ${when === "before" ? once : ""}
      closeOnSignal(whisperr);
      closeOnSignal(createWhisperr({ baseUrl }));
      ${when === "after" ? once : ""}
      setInterval(() => {}, 1_000);
      whisperr.track("ada", "signed_up");
      end();`);
      expect(end).toMatchObject({ exitCode: 3 });
      expect(api.eventTypes()).toEqual(["signed_up"]);
    },
  );

  test.each(["process.__signal_exit_emitter__", `globalThis[Symbol.for("signal-exit emitter")]`])(
    "and the package signal-exit, %s, do not wait for each other's end",
    async (emitter) => {
      const { api, ...end } = await ended(`
      const whisperr = createWhisperr({ baseUrl });
      ${SELF}
      // What it does, in short.
      ${emitter} = { count: 1 };
      process.on("SIGTERM", function last() {
        if (process.listeners("SIGTERM").length !== ${emitter}.count) return;
        console.log("cleaned up");
        process.removeListener("SIGTERM", last);
        end();
      });
      closeOnSignal(whisperr);
      closeOnSignal(createWhisperr({ baseUrl }));
      setInterval(() => {}, 1_000);
      whisperr.track("ada", "signed_up");
      end();`);
      expect(end).toMatchObject({ exitCode: null, signal: "SIGTERM", stdout: "cleaned up\n" });
      expect(api.eventTypes()).toEqual(["signed_up"]);
    },
  );

  test("of several clients ends the process when all have delivered", async () => {
    const { api, ...end } = await ended(`
      const whisperr = createWhisperr({ baseUrl });
      const other = createWhisperr({ baseUrl, fetch: (...request) => new Promise((resolve) => setTimeout(() => resolve(fetch(...request)), 500)) });
      ${SELF}
      closeOnSignal(other);
      closeOnSignal(whisperr);
      setInterval(() => {}, 1_000);
      other.track("ada", "signed_in");
      whisperr.track("ada", "signed_up");
      end();`);
    expect(end).toMatchObject({ exitCode: null, signal: "SIGTERM" });
    expect([...api.eventTypes()].sort()).toEqual(["signed_in", "signed_up"]);
  });

  /** The clock that a repetition is told by stands still, and the program moves it. The request shows that the end has begun. */
  const AT_REQUEST = (ms: number, answer: string) => `
      let nowMs = 0;
      performance.now = () => nowMs;
      ${SELF}
      const whisperr = createWhisperr({ baseUrl, fetch(...request) {
        nowMs = ${ms};
        end();
        return ${answer};
      } });
      closeOnSignal(whisperr, { timeoutMs: 1_000_000 });
      setInterval(() => {}, 1_000);
      whisperr.track("ada", "signed_up");
      end();`;

  test("takes a signal that is repeated within half a second for one: Ctrl+C comes from the terminal, and from npm", async () => {
    const { api, ...end } = await ended(AT_REQUEST(499, "fetch(...request)"));
    expect(end).toMatchObject({ exitCode: null, signal: "SIGTERM", stderr: "" });
    expect(api.eventTypes()).toEqual(["signed_up"]);
  });

  test("a second signal ends the process at once", async () => {
    const end = await ended(AT_REQUEST(500, "new Promise(() => {})"));
    expect(end).toMatchObject({ exitCode: null, signal: "SIGTERM", stderr: LOST });
  });

  test("says what goes with a client that nobody closes", async () => {
    const { api, ...end } = await ended(`
      const whisperr = createWhisperr({ baseUrl });
      ${SELF}
      closeOnSignal(whisperr);
      setInterval(() => {}, 1_000);
      createWhisperr({ baseUrl }).track("ada", "signed_in");
      whisperr.track("ada", "signed_up");
      end();`);
    expect(end).toMatchObject({ exitCode: null, signal: "SIGTERM", stderr: LOST });
    expect(api.eventTypes()).toEqual(["signed_up"]);
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ])(
    "%s ends process 1 of a container, from which Linux keeps what it does not listen to",
    async (signal, exitCode) => {
      const { api, ...end } = await ended(`
      const whisperr = createWhisperr({ baseUrl });
      Object.defineProperty(process, "pid", { value: 1 });
      process.kill = (pid, signal) => console.log(pid, signal, process.listenerCount(signal));
      closeOnSignal(whisperr);
      setInterval(() => {}, 1_000);
      whisperr.track("ada", "signed_up");
      process.emit("${signal}", "${signal}");`);
      expect(end).toMatchObject({ exitCode, stdout: `1 ${signal} 0\n` });
      expect(api.eventTypes()).toEqual(["signed_up"]);
    },
  );

  test("what it returns takes the listeners away", async () => {
    const { api, ...end } = await ended(`
      const whisperr = createWhisperr({ baseUrl });
      ${SELF}
      closeOnSignal(whisperr)();
      whisperr.track("ada", "signed_up");
      end();
      setInterval(() => {}, 1_000);`);
    expect(end).toMatchObject({ exitCode: null, signal: "SIGTERM" });
    expect(api.eventTypes()).toEqual([]);
  });
});
