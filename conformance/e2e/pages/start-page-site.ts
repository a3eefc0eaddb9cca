/** A site on loopback for what a test needs of pages: their markup and scripts, beside the built SDK under `/sdk/`. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { serveApp } from "@whisperr/conformance/api";
import { Hono } from "hono";

const DIST = fileURLToPath(new URL("../../../packages/browser/dist/", import.meta.url));
/** Read once: a build that runs meanwhile takes nothing away from pages. */
const SDK = new Map(
  globSync("*.js", { cwd: DIST }).map((name) => [name, readFileSync(join(DIST, name), "utf8")]),
);

export interface SiteFile {
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer waits for it. */
  readonly after?: Promise<unknown>;
}

export interface PageSite {
  readonly url: string;
  /** Serves it at this path, and below it when the path ends with a slash; in place of what was there. */
  put(path: string, file: SiteFile): void;
  /** How often a path was asked for. */
  asked(path: string): number;
  close(): Promise<void>;
}

export async function startPageSite(): Promise<PageSite> {
  const files = new Map<string, SiteFile>();
  const counts = new Map<string, number>();
  const app = new Hono();
  app.get("*", async ({ req }) => {
    counts.set(req.path, (counts.get(req.path) ?? 0) + 1);
    const file = files.get(req.path) ?? sdkFile(req.path) ?? parentOf(req.path);
    await file?.after;
    const type = /\.m?js$/.test(req.path) ? "text/javascript" : "text/html";
    return new Response(file?.body ?? null, {
      status: file === undefined ? 404 : 200,
      headers: { "content-type": `${type}; charset=utf-8`, ...file?.headers },
    });
  });

  function parentOf(path: string): SiteFile | undefined {
    return [...files].find(([key]) => key.endsWith("/") && path.startsWith(key))?.[1];
  }

  const { url, close } = await serveApp(app, 0);
  return {
    url,
    put: (path, file) => void files.set(path, file),
    asked: (path) => counts.get(path) ?? 0,
    close,
  };
}

export function readSdk(name: string): string {
  const built = SDK.get(name);
  if (built === undefined) throw new Error(`${name} is not built: run tsup in packages/browser`);
  return built;
}

function sdkFile(path: string): SiteFile | undefined {
  return path.startsWith("/sdk/") ? { body: readSdk(basename(path)) } : undefined;
}
