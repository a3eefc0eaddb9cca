/**
 * Navigation where the drivers' own commands fail: they wait for a load event, which a page restored from the
 * back/forward cache never fires. Here the page is asked what it is until it has become another one.
 */

import { setTimeout as pause } from "node:timers/promises";
import { BUSY_LIMIT_MS } from "./busy-limit.ts";

type Evaluate = (expression: string) => Promise<unknown>;

const POLL_MS = 10;

/** Tells documents apart, and entries within a document. */
const IDENTITY = `document.readyState === "complete" && performance.timeOrigin + location.href + JSON.stringify(history.state)`;

export function goBack(evaluate: Evaluate): Promise<void> {
  return leave("history.back()", evaluate);
}

export function reload(evaluate: Evaluate): Promise<void> {
  return leave("location.reload()", evaluate);
}

async function leave(how: string, evaluate: Evaluate): Promise<void> {
  const before = await evaluate(IDENTITY);
  await evaluate(`void setTimeout(() => ${how})`);
  const deadline = performance.now() + BUSY_LIMIT_MS;
  for (;;) {
    // Fails while one page gives way to the other.
    const now = await evaluate(IDENTITY).catch(() => false);
    if (now !== false && now !== before) return;
    if (performance.now() > deadline) throw new Error(`${how} led nowhere`);
    await pause(POLL_MS);
  }
}
