/** A server that is told to end, on every runtime of @whisperr/node: the request that runs is answered, and what it records arrives. */
import { once } from "node:events";
import { connect } from "node:net";
import { startTestApi } from "@whisperr/conformance/api/fixture";
import { expect, onTestFinished, test } from "vitest";
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

async function expectToAnswerBeforeItEnds(
  runtime: (typeof nodes)[number],
  source: string,
  before: (port: number) => Promise<void> = async () => {},
): Promise<void> {
  const api = await startTestApi();
  const program = startProgram({ runtime, apiUrl: api.url, source, imports: ["closeOnSignal"] });
  const port = Number(await program.printed("port "));
  await before(port);
  const answer = fetch(`http://127.0.0.1:${port}`);
  await program.printed("asked");
  program.kill("SIGTERM");
  expect(await (await answer).text()).toBe("ordered");
  expect(await program.ended).toMatchObject({ exit: "SIGTERM", stderr: "" });
  expect(api.store.events.map(({ eventType }) => eventType)).toEqual(["order_placed"]);
}

test.each([...nodes, bun])("$title", (runtime) => expectToAnswerBeforeItEnds(runtime, SERVER));

/** Its request takes longer than a connection may be unused. */
const SLOW_SERVER = SERVER.replace("}, 300);", "}, 1_500);").replace("30_000", "3_600_000");

test.each([...nodes, bun])("$title: a connection that carries no request holds nothing up", (runtime) =>
  expectToAnswerBeforeItEnds(runtime, SLOW_SERVER, async (port) => {
    const unused = connect(port, "127.0.0.1");
    onTestFinished(() => void unused.destroy());
    // Browsers' spare connections do not mind how they end.
    unused.on("error", () => {});
    await once(unused, "connect");
  }),
);

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
