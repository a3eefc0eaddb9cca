/** Sends planned requests to the shop over HTTP, at a steady rate and never more than a few at once. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ShopRequest } from "./traffic-plan.ts";

/** Enough to keep the shop busy, few enough for two cores shared by three processes. */
const CONCURRENCY = 24;
const REQUEST_TIMEOUT_MS = 60_000;

export interface Traffic {
  /** Sends these at `perSecond`; resolves when the last one is answered. */
  send(requests: readonly ShopRequest[], perSecond: number): Promise<void>;
  readonly answered: readonly ShopRequest[];
  /** In words, one per request the shop did not answer with 2xx. */
  readonly failures: readonly string[];
}

export function createTraffic(shopUrl: string): Traffic {
  const answered: ShopRequest[] = [];
  const failures: string[] = [];

  async function sendOne(request: ShopRequest): Promise<void> {
    try {
      const response = await fetch(`${shopUrl}${request.path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(request.user && { "x-user": request.user }) },
        body: JSON.stringify(request.body),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      await response.arrayBuffer();
      if (response.ok) answered.push(request);
      else failures.push(`${request.path} answered ${response.status}`);
    } catch (error) {
      failures.push(`${request.path} failed: ${String(error)}`);
    }
  }

  async function send(requests: readonly ShopRequest[], perSecond: number): Promise<void> {
    const startedAtMs = performance.now();
    let next = 0;
    async function work(): Promise<void> {
      for (;;) {
        const index = next++;
        const request = requests[index];
        if (request === undefined) return;
        const earlyMs = startedAtMs + (index * 1_000) / perSecond - performance.now();
        if (earlyMs > 1) await sleep(earlyMs);
        await sendOne(request);
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  }

  return { send, answered, failures };
}
