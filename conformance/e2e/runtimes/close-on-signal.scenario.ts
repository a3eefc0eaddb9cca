/** A server that is told to end, on every runtime of @whisperr/node: the request that runs is answered, and what it records arrives. */
import { startTestApi } from "@whisperr/conformance/api/fixture";
import { expect, test } from "vitest";
import { bun, type Runtime } from "./runtime.ts";
import { startProgram } from "./start-program.ts";

const nodes = ["18", "20", "22", "24", "26"].map(
  (version): Runtime => ({
    ...bun,
    title: `Node.js ${version}`,
    binary: `node_modules/node${version}/bin/node`,
    args: () => [],
  }),
);

const SERVER = `
  const { createServer } = await import("node:http");
  const whisperr = createWhisperr(options);
  const server = createServer((request, response) => {
    console.log("asked");
    setTimeout(() => {
      whisperr.track("ada", "order_placed");
      response.end("ordered");
    }, 300);
  });
  server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port));
  closeOnSignal(whisperr, { server, timeoutMs: 30_000 });`;

async function expectToAnswerBeforeItEnds(runtime: (typeof nodes)[number], source: string): Promise<void> {
  const api = await startTestApi();
  const program = startProgram({ runtime, apiUrl: api.url, source, imports: ["closeOnSignal"] });
  const answer = fetch(`http://127.0.0.1:${await program.printed("port ")}`);
  await program.printed("asked");
  program.kill("SIGTERM");
  expect(await (await answer).text()).toBe("ordered");
  expect(await program.ended).toMatchObject({ exit: "SIGTERM", stderr: "" });
  expect(api.store.events.map(({ eventType }) => eventType)).toEqual(["order_placed"]);
}

test.each([...nodes, bun])("$title", (runtime) => expectToAnswerBeforeItEnds(runtime, SERVER));

/** As the middleware of a framework that keeps its server to itself: it is loaded by the first request. */
const HIDDEN_SERVER = `
  const { createServer } = await import("node:http");
  const whisperr = createWhisperr(options);
  const server = createServer(async (request, response) => {
    const { astroServer } = await import("@whisperr/node/astro");
    closeOnSignal(whisperr, { server: astroServer(), timeoutMs: 3_600_000 });
    console.log("asked");
    setTimeout(() => {
      whisperr.track("ada", "order_placed");
      response.end("ordered");
    }, 300);
  });
  server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port));`;

test.each([...nodes.slice(-1), bun])(
  "$title: a server that is known by its only request ends with it, and not at the deadline",
  (runtime) => expectToAnswerBeforeItEnds(runtime, HIDDEN_SERVER),
);
