/** Starts each program on its real runtime. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { EdgeRuntime } from "edge-runtime";
import { build } from "esbuild";
import { Miniflare } from "miniflare";

export interface Settings {
  readonly apiKey: string;
  readonly baseUrl: string;
  /** Whose event it is. */
  readonly user: string;
  /** Resolves when the event of the program that runs has arrived: a Worker must not be taken away before that. */
  readonly untilArrived: () => Promise<void>;
}

export interface Runtime {
  readonly name: string;
  /** Resolves when the program has tracked its event and ended, or answered. Rejects when it failed. */
  run(settings: Settings): Promise<void>;
}

const programs = join(import.meta.dirname, "programs");
const { resolve } = createRequire(import.meta.url);

export const runtimes: readonly Runtime[] = [
  { name: "Node.js", run: (settings) => start(process.execPath, ["process.js"], "Node.js", settings) },
  { name: "Bun", run: (settings) => start(binary("bun", "bin/bun.exe"), ["process.js"], "Bun", settings) },
  { name: "Deno", run: startDeno },
  { name: "Cloudflare Workers", run: startWorker },
  { name: "Vercel Edge", run: startVercel },
];

/** The runtime itself, not the script that npm puts before it. */
function binary(name: string, path: string): string {
  return join(resolve(`${name}/package.json`), "..", path);
}

function startDeno(settings: Settings): Promise<void> {
  const permissions = [
    "--no-prompt",
    `--allow-net=${new URL(settings.baseUrl).host}`,
    "--allow-env=WHISPERR_API_KEY",
  ];
  return start(binary("deno", "deno"), ["run", ...permissions, "deno.js"], "Deno", settings);
}

async function start(
  command: string,
  args: readonly string[],
  name: string,
  settings: Settings,
): Promise<void> {
  const child = spawn(command, [...args, settings.user, name, settings.baseUrl], {
    cwd: programs,
    env: {
      ...process.env,
      WHISPERR_API_KEY: settings.apiKey,
      // It would ask the network for a newer Deno.
      DENO_NO_UPDATE_CHECK: "1",
    },
    stdio: ["ignore", "inherit", "inherit"],
    timeout: 30_000,
    killSignal: "SIGKILL",
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`the program on ${name} ended with ${child.signalCode ?? `code ${code}`}`);
}

async function startWorker({ apiKey, baseUrl, user, untilArrived }: Settings): Promise<void> {
  const miniflare = new Miniflare({
    modules: true,
    script: await bundle("cloudflare.ts", "esm"),
    compatibilityDate: "2026-07-01",
    bindings: { WHISPERR_API_KEY: apiKey, WHISPERR_BASE_URL: baseUrl },
  });
  try {
    const answer = await miniflare.dispatchFetch(requestUrl(user, "Cloudflare Workers"));
    await answer.text();
    await untilArrived();
  } finally {
    await miniflare.dispose();
  }
}

async function startVercel({ apiKey, baseUrl, user }: Settings): Promise<void> {
  const code = await bundle("vercel.ts", "iife", { SETTINGS: JSON.stringify({ apiKey, baseUrl }) });
  const runtime = new EdgeRuntime({ initialCode: code });
  const answer = await runtime.dispatchFetch(requestUrl(user, "Vercel Edge"));
  await answer.waitUntil();
}

function requestUrl(user: string, runtime: string): string {
  return `http://shop.test/?${new URLSearchParams({ user, runtime })}`;
}

async function bundle(
  file: string,
  format: "esm" | "iife",
  define: Record<string, string> = {},
): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(programs, file)],
    bundle: true,
    write: false,
    format,
    define,
    platform: "neutral",
    target: "es2022",
    // What only runs in Workers, and is there.
    external: ["cloudflare:*"],
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}
