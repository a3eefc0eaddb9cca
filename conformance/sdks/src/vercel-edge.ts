/** Entry for Vercel's edge runtime: starts it with the driver's function, and makes the one request that the driver lives in. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EdgeRuntime } from "edge-runtime";

const [control = ""] = process.argv.slice(2);
const code = readFileSync(join(import.meta.dirname, "vercel-edge-function.global.js"), "utf8");
const runtime = new EdgeRuntime({ initialCode: code });
await (await runtime.dispatchFetch(`http://driver/?control=${encodeURIComponent(control)}`)).waitUntil();
