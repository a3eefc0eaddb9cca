/** What happens in the demo, in order: a healthy start, an outage, lost answers, recovery, the shop's shutdown. */
import { setTimeout as sleep } from "node:timers/promises";
import { countNames } from "./counts.ts";
import { type Fault, type IngestionControl, OUTAGE_STATUS } from "./ingestion-control.ts";
import type { Progress } from "./progress.ts";
import type { Evidence } from "./reconcile.ts";
import type { Shop } from "./shop.ts";
import type { Traffic } from "./traffic.ts";
import { createTrafficPlan, plausibleMistakes, type ShopRequest } from "./traffic-plan.ts";

const REQUESTS_PER_SECOND = 800;
const PHASE_REQUESTS = { healthy: 1_200, outage: 1_600, lostAnswers: 600, recovered: 1_000 };
/** The traffic's two mistakes come on top. */
export const TOTAL_REQUESTS = 2 + Object.values(PHASE_REQUESTS).reduce((sum, count) => sum + count, 0);

const LOST: Fault = { kind: "accept-and-lose-answer" };
/**
 * Each lost answer is followed by a good one, which resets the SDK's backoff. An identify is always followed by the
 * same customer's signed_in, so of the first two losses at least one is a batch: there will be duplicates to remove.
 */
const LOST_ANSWERS: readonly Fault[] = [{ kind: "ok" }, LOST, { kind: "ok" }, LOST, { kind: "ok" }, LOST];
const LOSSES = LOST_ANSWERS.filter((fault) => fault === LOST).length;
/** The SDK may still be waiting out the outage (up to 4 s by then) and waits up to 1 s after each loss; the rest is for a busy machine. */
const LOSSES_TIMEOUT_MS = 60_000;

/** What the shop's two mistakes must end as. */
const EXPECTED_DROPS = { invalid_event_type: 1, unserializable: 1 };

export interface Cast {
  readonly shop: Shop;
  readonly ingestion: IngestionControl;
  readonly traffic: Traffic;
  readonly progress: Progress;
}

/** Plays the course to its end and returns all the evidence. `seed` decides the traffic. */
export async function runCourse(
  { shop, ingestion, traffic, progress }: Cast,
  seed: number,
): Promise<Evidence> {
  const plan = createTrafficPlan(seed);
  const send = (requests: readonly ShopRequest[]) => traffic.send(requests, REQUESTS_PER_SECOND);

  progress.phase("the API is healthy");
  await send([...plan.next(PHASE_REQUESTS.healthy), ...plausibleMistakes()]);

  progress.phase(`the API answers ${OUTAGE_STATUS}`);
  await ingestion.setDefault({ kind: "status", status: OUTAGE_STATUS });
  await send(plan.next(PHASE_REQUESTS.outage));
  await ingestion.setDefault(null);

  progress.phase("the API stores, but its answers get lost");
  await ingestion.play(LOST_ANSWERS);
  await send(plan.next(PHASE_REQUESTS.lostAnswers));
  await untilLost(ingestion, LOSSES);

  progress.phase("the API is healthy again");
  await send(plan.next(PHASE_REQUESTS.recovered));

  const { whisperr } = await shop.report();
  progress.phase(`SIGTERM to the shop, which still holds ${whisperr.pending}`);
  const final = await shop.stop();
  return {
    sent: countNames(traffic.answered.flatMap((request) => request.causes)),
    failures: traffic.failures,
    stats: final.whisperr,
    ledger: final.ledger,
    server: await ingestion.figures(),
    expectedDrops: EXPECTED_DROPS,
  };
}

async function untilLost(ingestion: IngestionControl, losses: number): Promise<void> {
  const deadlineMs = performance.now() + LOSSES_TIMEOUT_MS;
  while ((await ingestion.figures()).lost < losses) {
    if (performance.now() > deadlineMs)
      throw new Error(`the API lost no ${losses} answers in ${LOSSES_TIMEOUT_MS} ms`);
    await sleep(100);
  }
}
