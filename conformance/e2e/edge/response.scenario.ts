/** What a user of the app notices of tracking: nothing, whatever the API does. What it costs is measured by `response.bench.ts`. */
import { describe, expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import type { EdgeReport } from "./edge-app.ts";
import { hosts, type StartHost } from "./edge-host.ts";
import { setEdgeStage } from "./edge-stage.ts";
import { record } from "./figures.ts";
import { untilStored } from "./numbered-events.ts";

const SHORT_MS = 1500;
const LONG_MS = 4500;

describe.each(Object.entries(hosts))("%s", (name, start) => {
  test("five events of one request arrive in one API request, without a flush", async () => {
    const stage = await setEdgeStage(start);
    stage.api.setDefault({ kind: "delay", ms: 200 });
    const { text } = await stage.ask("/track?events=5");
    expect(text).toBe("ok");
    await untilStored(stage.api, 5);
    expect(stage.api.requests.length).toBe(1);
    await eventually("nothing held", async () => (await stage.report()).open === 0);
    expect((await stage.report()).timers).toBe(0);
  });

  test("an API that never answers costs the user nothing; waitUntil ends when the app wants it to, and what is left is reported", async () => {
    const [short, long] = await Promise.all([SHORT_MS, LONG_MS].map((limit) => hangs(start, limit)));
    record("API hangs", name, "", {
      "waitUntilTimeoutMs 1,500: held ms": short?.longestMs ?? "",
      "waitUntilTimeoutMs 4,500: held ms": long?.longestMs ?? "",
    });
    for (const report of [short, long]) {
      expect(report?.errors).toMatchObject([{ type: "retry_exhausted", count: 5 }]);
      expect(report?.timers).toBe(0);
    }
    // On the same machine at the same time: whatever slows the one down slows the other.
    expect(short?.longestMs).toBeLessThan(long?.longestMs ?? 0);
  });
});

/** The response comes although the API has answered nothing; what is known once the request is over. */
async function hangs(start: StartHost, waitUntilTimeoutMs: number): Promise<EdgeReport> {
  const stage = await setEdgeStage(start, { waitUntilTimeoutMs });
  stage.api.setDefault({ kind: "hang" });
  const { text } = await stage.ask("/track?events=5");
  expect(text).toBe("ok");
  return eventually("waitUntil has ended", async () => {
    const report = await stage.report();
    return report.open === 0 && report.errors.length > 0 && report;
  });
}
