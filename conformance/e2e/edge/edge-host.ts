/** The runtimes of the edge scenarios, and the app in each: started with the options of its client. */
import { fileURLToPath } from "node:url";
import type { EdgeOptions } from "@whisperr/edge";
import { EdgeRuntime } from "edge-runtime";
import { build } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";
import type { EdgeReport } from "./edge-app.ts";
import { heapOf } from "./workerd-heap.ts";

export interface EdgeHost {
  /** Makes a request; `ms` until the whole answer was there. */
  ask(path: string): Promise<{ text: string; status: number; ms: number }>;
  report(): Promise<EdgeReport>;
  /** Bytes of heap after a collection, where the runtime can tell. */
  heapBytes?(): Promise<number>;
  close(): Promise<void>;
}

export type StartHost = (options: EdgeOptions) => Promise<EdgeHost>;

/** By the client they use, and where. */
export const hosts = {
  "a client per request, in workerd": startWorkerd("request-client-worker.ts"),
  "one client for all requests, in workerd": startWorkerd("shared-client-worker.ts"),
  "one client for all requests, in edge-runtime": startVercel("vercel-function.ts"),
} satisfies Record<string, StartHost>;

function startWorkerd(file: string): StartHost {
  return async (options) => {
    const miniflare = new Miniflare({
      modules: [{ type: "ESModule", path: "worker.js", contents: await bundle(file, "esm") }],
      compatibilityDate: "2026-07-01",
      bindings: { OPTIONS: { ...options } as Record<string, string> },
      log: new Log(LogLevel.ERROR),
      inspectorPort: 0,
    });
    const url = await miniflare.ready;
    return {
      ...host((path) => fetch(new URL(path, url))),
      heapBytes: async () => heapOf(new URL("/core:user:", await miniflare.getInspectorURL())),
      close: () => miniflare.dispose(),
    };
  };
}

function startVercel(file: string): StartHost {
  return async (options) => {
    const given = `var OPTIONS = ${JSON.stringify(options)};\n`;
    const runtime = new EdgeRuntime({ initialCode: given + (await bundle(file, "iife")) });
    return {
      ...host((path) => runtime.dispatchFetch(`http://app${path}`)),
      close: () => Promise.resolve(),
    };
  };
}

interface Answer {
  readonly status: number;
  text(): Promise<string>;
}

function host(get: (path: string) => Promise<Answer>): Pick<EdgeHost, "ask" | "report"> {
  const ask: EdgeHost["ask"] = async (path) => {
    const from = performance.now();
    const response = await get(path);
    const text = await response.text();
    return { text, status: response.status, ms: performance.now() - from };
  };
  return { ask, report: async () => JSON.parse((await ask("/report")).text) as EdgeReport };
}

/** `file`: beside this one. With the built SDK in it, as a platform's own tools would bundle it. */
export async function bundle(file: string, format: "esm" | "iife"): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    bundle: true,
    write: false,
    format,
    target: "es2022",
    platform: "neutral",
    conditions: ["import"],
    external: ["cloudflare:*"],
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}
