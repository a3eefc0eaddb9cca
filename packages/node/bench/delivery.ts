/** CPU of this process for delivering events in batches of 500, the SDK against a bare stringify-and-fetch loop. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createWhisperr } from "@whisperr/node";

const BATCH = 500;
const properties = (i: number) => ({ amount_cents: 4900 + (i % 100), currency: "usd", plan: "pro" });

/** µs of CPU per event, medians over `rounds` alternating rounds. */
export async function measureDelivery(events: number, rounds: number) {
  const server = fork(fileURLToPath(import.meta.url), ["serve"]);
  const [baseUrl] = (await once(server, "message")) as [string];
  const bare: number[] = [];
  const sdk: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const bareUs = await cpuUs(() => deliverBare(baseUrl, events));
    const sdkUs = await cpuUs(() => deliverWithSdk(baseUrl, events));
    // The first round warms up both.
    if (round > 0) bare.push(bareUs / events);
    if (round > 0) sdk.push(sdkUs / events);
    console.error(
      `  round ${round}: bare ${(bareUs / events).toFixed(2)}, SDK ${(sdkUs / events).toFixed(2)} µs per event`,
    );
  }
  server.kill();
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] as number;
  const [bareUs, sdkUs] = [median(bare), median(sdk)];
  return { bareUs, sdkUs, ratio: sdkUs / bareUs };
}

async function cpuUs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

async function deliverBare(baseUrl: string, events: number): Promise<void> {
  for (let sent = 0; sent < events; sent += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, i) => ({
      external_user_id: "user_8842",
      event_type: "payment_failed",
      occurred_at: new Date().toISOString(),
      properties: properties(sent + i),
      context: { $message_id: crypto.randomUUID() },
    }));
    const response = await fetch(`${baseUrl}/v1/events/batch`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-API-Key": "wrk_bench" },
      body: JSON.stringify({ events: batch }),
    });
    await response.text();
  }
}

async function deliverWithSdk(baseUrl: string, events: number): Promise<void> {
  const client = createWhisperr({ apiKey: "wrk_bench", baseUrl, flushAt: BATCH, flushIntervalMs: 0 });
  for (let sent = 0; sent < events; sent += BATCH) {
    for (let i = 0; i < BATCH; i++) client.track("user_8842", "payment_failed", properties(sent + i));
    await client.flush();
  }
  const { delivered } = client.stats();
  if (delivered !== events) throw new Error(`${delivered} of ${events} events were delivered`);
  await client.shutdown();
}

if (process.argv[2] === "serve") {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(202).end('{"accepted":500,"rejected":0}'));
  });
  server.listen(0, "127.0.0.1", () =>
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
  );
}
