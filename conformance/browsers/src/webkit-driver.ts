/** Starts WebKitWebDriver on a virtual display and a free port. */

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { webkitPaths } from "./available.ts";
import { BUSY_LIMIT_MS } from "./busy-limit.ts";
import { killOnExit, killTree } from "./process-tree.ts";

export interface WebkitDriver {
  /** Of xvfb-run, the ancestor of the display, the driver and the browser. */
  pid: number;
  url: string;
  miniBrowser: string;
  /** Kills all of it. */
  stop(): Promise<void>;
}

const POLL_MS = 20;

export async function startWebkitDriver(environment: NodeJS.ProcessEnv): Promise<WebkitDriver> {
  const { driver, miniBrowser, xvfbRun } = webkitPaths();
  if (!driver || !miniBrowser || !xvfbRun) throw new Error("WebKit is not on this machine");
  const port = await freePort();
  const child = spawn(xvfbRun, ["-a", driver, `--port=${port}`], {
    stdio: ["ignore", "ignore", "pipe"],
    // Taken for the user's language; a machine without any has "C".
    env: { ...environment, LC_ALL: "en_US.UTF-8" },
  });
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${xvfbRun} could not be started`);
  const forget = killOnExit(pid);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    await killTree(pid);
    await ended;
    forget();
  };
  const url = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + BUSY_LIMIT_MS;
  while (!(await isReady(url))) {
    if (child.exitCode === null && performance.now() < deadline) {
      await pause(POLL_MS);
      continue;
    }
    await stop();
    throw new Error(`WebKitWebDriver does not answer: ${printed.slice(-1000)}`);
  }
  return { pid, url, miniBrowser, stop };
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/status`).catch(() => undefined);
  return response?.ok === true;
}

/** The driver cannot tell which port it picked, so it is given one that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
