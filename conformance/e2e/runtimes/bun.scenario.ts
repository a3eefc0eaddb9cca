/** What only Bun has, or has in its own way: `require()`, workers, `Bun.serve`, Express on its node:http, `bun build`. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startTestApi } from "@whisperr/conformance/api/fixture";
import { expect, onTestFinished, test } from "vitest";
import { numbers } from "./numbers.ts";
import { bun } from "./runtime.ts";
import { runProgram, startProgram } from "./start-program.ts";

const QUIET_END = { exit: 0, stderr: "" };
const packages = join(import.meta.dirname, "..", "..", "..", "packages");

test("require() gives the same SDK, and the key comes from the environment", async () => {
  const api = await startTestApi({ keys: ["wrk_from_environment"] });
  const ended = await runProgram({
    runtime: bun,
    apiUrl: api.url,
    env: { WHISPERR_API_KEY: "wrk_from_environment" },
    source: `const required = require("@whisperr/node");
      console.log(Object.keys(required).sort().join() === "channel,closeOnSignal,createMemoryOutbox,createWhisperr,currentWhisperr");
      required.createWhisperr({ baseUrl: options.baseUrl }).track("ada", "step_taken", { n: 0 });`,
  });
  expect(ended).toMatchObject({ ...QUIET_END, stdout: "true\n" });
  expect(numbers(api)).toEqual([0]);
});

test("forms, headers and search parameters, which are objects of another kind to JSON, arrive with their content", async () => {
  const api = await startTestApi();
  const ended = await runProgram({
    runtime: bun,
    apiUrl: api.url,
    source: `const whisperr = createWhisperr(options);
      const form = new FormData();
      form.append("a", "1");
      const [search, headers] = [new URLSearchParams("a=1&a=2"), new Headers({ a: "1" })];
      whisperr.track("ada", "step_taken", { form, search, headers });
      whisperr.track("ada", "step_taken", search);`,
  });
  expect(ended).toMatchObject(QUIET_END);
  expect(api.store.events.map(({ properties }) => properties)).toEqual([
    {
      form: { a: "1" },
      search: { a: ["1", "2"] },
      headers: { a: "1" },
    },
    { a: ["1", "2"] },
  ]);
});

test("a worker thread delivers what is queued before it ends", async () => {
  const api = await startTestApi();
  const ended = await runProgram({
    runtime: bun,
    apiUrl: api.url,
    source: `import { isMainThread, Worker } from "node:worker_threads";
      if (isMainThread) new Worker(import.meta.filename).on("exit", (code) => console.log("worker ended", code));
      createWhisperr(options).track("ada", "step_taken", { n: isMainThread ? 0 : 1 });`,
  });
  expect(ended).toMatchObject({ ...QUIET_END, stdout: "worker ended 0\n" });
  expect(numbers(api).sort()).toEqual([0, 1]);
});

test("Bun.serve, stopped on SIGTERM: the process ends by itself and delivers what its requests tracked", async () => {
  const api = await startTestApi();
  const program = startProgram({
    runtime: bun,
    apiUrl: api.url,
    source: `const whisperr = createWhisperr(options);
      const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch() {
        whisperr.track("ada", "step_taken", { n: 0 });
        return new Response("ok");
      } });
      process.once("SIGTERM", () => server.stop());
      console.log("port", server.port);`,
  });
  const port = (await program.printed("port")).trim();
  const response = await fetch(`http://127.0.0.1:${port}`, { headers: { connection: "close" } });
  expect(await response.text()).toBe("ok");
  program.kill("SIGTERM");
  expect(await program.ended).toMatchObject(QUIET_END);
  expect(numbers(api)).toEqual([0]);
});

test("Express runs on it, with req.whisperr bound to the user of the request", async () => {
  const api = await startTestApi();
  const express = join(packages, "node/node_modules/express/index.js");
  const ended = await runProgram({
    runtime: bun,
    apiUrl: api.url,
    source: `import { whisperrExpress } from "@whisperr/node/express";
      const { default: express } = await import(${JSON.stringify(express)});
      const whisperr = createWhisperr(options);
      const app = express();
      app.use(whisperrExpress(whisperr));
      app.get("/:user", (req, res) => {
        req.user = { id: req.params.user };
        req.whisperr.track("step_taken", { n: 0 });
        res.send("ok");
      });
      const server = app.listen(0, "127.0.0.1", async () => {
        console.log(await (await fetch("http://127.0.0.1:" + server.address().port + "/ada")).text());
        server.close();
        server.closeAllConnections();
      });`,
  });
  expect(ended).toMatchObject({ ...QUIET_END, stdout: "ok\n" });
  expect(api.store.events).toMatchObject([{ userId: "ada", properties: { n: 0 } }]);
});

test("`bun build` makes one file of an app, which delivers as the app did", async () => {
  const api = await startTestApi();
  const folder = mkdtempSync(join(tmpdir(), "whisperr-bun-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const sdk = join(packages, "node/dist/index.js");
  const options = JSON.stringify({ apiKey: "wrk_test", baseUrl: api.url });
  writeFileSync(
    join(folder, "app.ts"),
    `import { createWhisperr } from ${JSON.stringify(sdk)};
     createWhisperr(${options}).track("ada", "step_taken", { n: 0 } satisfies object);`,
  );
  const binary = join(import.meta.dirname, "..", bun.binary);
  const runBun = (...args: string[]) => promisify(execFile)(binary, args, { cwd: folder });
  await runBun("build", "--target=bun", "--minify", "--outfile=app.js", "app.ts");
  expect(await runBun("app.js")).toMatchObject({ stdout: "", stderr: "" });
  expect(numbers(api)).toEqual([0]);
});
