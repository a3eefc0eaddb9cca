/** A visitor who tracks on each page and is off to the next at once; on every other page a request gets under way first. */
import type { Plan, Walk } from "../site/plan.ts";
import type { Client } from "./page.ts";
import type { RequestWatch } from "./request-watch.ts";
import { trackSteps } from "./track-steps.ts";

/** A client that leaves its queue alone (an earlier page's request may still arrive) is not waited for any longer. */
const PATIENCE_MS = 40;

export async function walk(client: Client, plan: Plan, walk: Walk, requests: RequestWatch): Promise<void> {
  const from = walk.visit * walk.eventsPerVisit;
  const underWay = requests.next();
  trackSteps(client, { do: "track", chain: walk.chain, from, count: walk.eventsPerVisit });
  if (walk.visit % 2 === 1) {
    void client.flush?.();
    await Promise.race([underWay, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  }
  if (walk.visit + 1 === walk.visits) {
    document.title = "arrived";
    return;
  }
  const next = new URL(location.href);
  next.searchParams.set("plan", JSON.stringify({ ...plan, walk: { ...walk, visit: walk.visit + 1 } }));
  location.assign(next);
}
