import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));

function aProcess(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "prints its address, serves, and stops cleanly on %s",
  async (signal) => {
    const child = aProcess("--port", "0", "--key", "wrk_a", "--latency", "1");
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const nextLine = async () => String((await lines.next()).value);
    const url = /^ingestion API listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(await nextLine())?.[1];
    const figures = /^figures: (http:\S+\/_control\/[0-9a-f]{32}\/report)$/.exec(await nextLine())?.[1];
    expect(figures?.startsWith(`${url}/`)).toBe(true);
    expect(await (await fetch(`${figures}`)).json()).toMatchObject({ requests: 0 });
    const headers = { "content-type": "application/json", "x-api-key": "wrk_a" };
    const body = JSON.stringify({ external_user_id: "u" });
    expect((await fetch(`${url}/v1/identify`, { method: "POST", headers, body })).status).toBe(202);
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([0, null]);
  },
);

test("an unusable option is named", async () => {
  const child = aProcess("--port", "all");
  const [text] = (await once(child.stderr, "data")) as [Buffer];
  expect(text.toString()).toContain("--port");
  expect(await once(child, "exit")).toEqual([1, null]);
});
