/** A real Redis or Valkey, with an append-only file, on a socket in a folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Redis } from "ioredis";

/** Undefined where there is none on this machine. */
export const REDIS = ["redis-server", "valkey-server"]
  .flatMap((name) => (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)))
  .find((file) => statSync(file, { throwIfNoEntry: false }) !== undefined);

export interface RedisServer {
  readonly path: string;
  /** Starts it, or starts it again with what it had. */
  start(): Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Ends it, and takes its folder away. */
  end(): Promise<void>;
}

export async function startRedis(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), "whisperr-redis-"));
  const path = join(folder, "redis.sock");
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    path,
    async start() {
      const settings = [
        "--port",
        "0",
        "--unixsocket",
        path,
        "--dir",
        folder,
        "--appendonly",
        "yes",
        "--save",
        "",
        // With "everysec" Redis confirms what its own death takes along: seen in 2 of 25 kills, with nothing but XADD.
        "--appendfsync",
        "always",
      ];
      child = spawn(REDIS as string, settings, { stdio: "ignore" });
      const client = new Redis({ path, retryStrategy: () => 20, maxRetriesPerRequest: null });
      client.on("error", () => {});
      await client.ping();
      client.disconnect();
    },
    async kill() {
      if (child === undefined) return;
      const exit = once(child, "exit");
      child.kill("SIGKILL");
      await exit;
      child = undefined;
    },
    async end() {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}
