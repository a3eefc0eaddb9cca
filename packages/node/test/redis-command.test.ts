/** The end of a relay: of the command `whisperr-relay`, and as the documents show it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { examplesIn } from "../../core/test/documents.ts";
import { runModule } from "./child-process.ts";
import { type IngestionApi, startIngestionApi } from "./ingestion-api.ts";
import { aRedis, record, testWithRedis } from "./redis/with-redis.ts";

const PACKAGE = join(import.meta.dirname, "..");
const COMMAND = fileURLToPath(new URL("../src/whisperr-relay.ts", import.meta.url));
const PATIENT = { timeout: 60_000 };

const numbersOf = (api: IngestionApi) => api.events().map(({ properties }) => properties.n);

/** A server on a port of its own, which both clients can be given as a URL. */
async function urlOf(onConnection: (socket: Socket) => void): Promise<string> {
  const server: Server = createServer(onConnection).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Leads to a socket in a folder. */
const forwardTo = (path: string) => (socket: Socket) => {
  const redis = connect(path);
  for (const end of [socket, redis]) end.on("error", () => {});
  socket.pipe(redis).pipe(socket);
};

/** An argument of Node's: as where the package is not installed. */
const without = (name: string) =>
  `--import=data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from "node:module";
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier === "${name}") throw new Error("not installed");
        return next(specifier, context);
      },
    });`)}`;

function startCommand(args: readonly string[], nodeArgs: readonly string[] = [], apiKey = "wrk_test") {
  const child = spawn(process.execPath, ["--conditions=@whisperr/source", ...nodeArgs, COMMAND, ...args], {
    env: { ...process.env, WHISPERR_API_KEY: apiKey },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = once(child, "close").then(([exitCode]) => ({ exitCode, said }));
  return { child, ended };
}

for (const [name, other] of [
  ["ioredis", "redis"],
  ["redis", "ioredis"],
] as const)
  testWithRedis(`the command delivers, and ends when it is told to, with ${name}`, async () => {
    const { redis, client } = await aRedis();
    const api = await startIngestionApi();
    const url = await urlOf(forwardTo(redis.path));
    const { child, ended } = startCommand(["--redis", url, "--base-url", api.url], [without(other)]);
    await record(client, 1, 2);
    await vi.waitFor(() => expect(numbersOf(api)).toEqual([1, 2]), PATIENT);
    child.kill("SIGTERM");
    expect(await ended).toEqual({ exitCode: 0, said: "" });
    expect(await client.exists("{whisperr:0}:lease")).toBe(0);
  });

test.each([
  ["without a key", "ioredis", "", [], "apiKey is missing"],
  ["without a key", "redis", "", [], "apiKey is missing"],
  ["at an option that makes no sense", "ioredis", "wrk_test", ["--lease-ms", "abc"], "leaseMs must be"],
  ["at an option that makes no sense", "redis", "wrk_test", ["--lease-ms", "abc"], "leaseMs must be"],
  ["at an option that it has not", "ioredis", "wrk_test", ["--lease", "5"], "'--lease'"],
])("the command ends with 1 %s, and connects to nothing, with %s", async (_why, name, key, args, message) => {
  // It would live as long as its connection.
  const url = await urlOf(() => child.kill("SIGKILL"));
  const other = name === "redis" ? "ioredis" : "redis";
  const { child, ended } = startCommand(["--redis", url, ...args], [without(other)], key);
  expect(await ended).toEqual({ exitCode: 1, said: expect.stringContaining(message) });
});

/** The examples that end a relay, with the Redis and the API of a test. */
const [DOCUMENTED = ""] = examplesIn(
  readFileSync(join(PACKAGE, "../../docs/durability.md"), "utf8"),
  "ts",
).filter((example) => example.includes("createRelay("));
const [, COMMENT = ""] =
  /@example\n([^/]*createRelay\(.*?) \*\//s.exec(readFileSync(join(PACKAGE, "src/redis/relay.ts"), "utf8")) ??
  [];
const IMPORTS = `import { createRelay } from "@whisperr/node/redis"; import { Redis } from "ioredis";`;
const EXAMPLES = [
  ["docs/durability.md", DOCUMENTED],
  ["the comment of createRelay()", `${IMPORTS}\n${COMMENT.replaceAll(/^ \* ?/gm, "")}`],
] as const;

for (const [where, example] of EXAMPLES)
  testWithRedis(`a relay as in ${where} delivers, and its process ends at SIGTERM`, async () => {
    const { redis, client } = await aRedis();
    const api = await startIngestionApi();
    await record(client, 1, 2);
    const path = JSON.stringify(redis.path);
    const relay = example
      .replace("createClient()", `createClient({ socket: { path: ${path} } })`)
      .replace("new Redis()", `new Redis({ path: ${path} })`)
      .replace("createRelay({", "createRelay({ baseUrl,");
    const ended = await runModule(
      api.url,
      `${relay}
      const { setTimeout: pause } = await import("node:timers/promises");
      while (relay.stats().delivered < 2) await pause(10);
      process.kill(process.pid, "SIGTERM");`,
    );
    expect(ended).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(numbersOf(api)).toEqual([1, 2]);
    expect(await client.exists("{whisperr:0}:lease")).toBe(0);
  });
