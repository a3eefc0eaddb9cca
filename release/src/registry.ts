/** An npm registry on loopback that holds what a rehearsal publishes, and nothing else. */
import { mkdir } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { runServer } from "verdaccio";

export interface Registry {
  /** With a slash at its end, as npm writes it. */
  readonly url: string;
  /** Lines for a project's `.npmrc`: the scope comes from here, all else from where the machine takes its packages. */
  readonly npmrc: string;
  close(): Promise<void>;
}

export async function startRegistry(folder: string): Promise<Registry> {
  await mkdir(folder, { recursive: true });
  const server = (await runServer({
    self_path: join(folder, "config.yaml"),
    storage: join(folder, "storage"),
    auth: { htpasswd: { file: join(folder, "htpasswd") } },
    uplinks: {},
    packages: { "**": { access: "$all", publish: "$all" } },
    log: { type: "stdout", format: "pretty", level: "fatal" },
  } as never)) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url: `http://${host}`,
    // npm publishes nothing without a token; this registry takes any.
    npmrc: `@whisperr:registry=http://${host}\n//${host}:_authToken=rehearsal\n`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
