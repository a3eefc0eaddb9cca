/** What an answer changes. */

import type { Outcome } from "../http/outcome.ts";
import { backoffDelayMs } from "./backoff.ts";
import { afterAcceptance, afterRefusal } from "./batch-sizing.ts";
import { goOn, keep, leave, send } from "./flushing.ts";
import type { Machine } from "./machine.ts";

/** The batch for the last `send` effect was cut: it carries `count` operations, 1 or more. */
export function batchCut({ delivery }: Machine, count: number): void {
  if (delivery.phase === "sending") delivery.inFlight = count;
}

/** The request ended. `random` in [0, 1) feeds the jitter. */
export function answered(machine: Machine, outcome: Outcome, random: number): void {
  const { delivery, effects } = machine;
  if (delivery.phase !== "sending") return;
  const count = delivery.inFlight;
  switch (outcome.kind) {
    case "accepted":
      afterAcceptance(machine);
      effects.remove(machine, count, outcome.rejected);
      return settled(machine, count);
    case "rejected":
    case "tooLarge": {
      const tooLarge = outcome.kind === "tooLarge";
      if (!afterRefusal(machine, tooLarge)) {
        delivery.failures = 0;
        return send(machine);
      }
      effects.drop(machine, count, tooLarge ? "too_large" : "rejected");
      return settled(machine, count);
    }
    case "auth":
      effects.report(machine, "auth", 1);
      return keep(machine, "unauthorized");
    case "retry":
      return failed(machine, outcome.afterMs, random);
  }
}

/** The operations in flight are settled; go on, or rest when the flush has reached its goal. */
function settled(machine: Machine, count: number): void {
  machine.delivery.failures = 0;
  leave(machine, 0, count);
  goOn(machine);
}

function failed(machine: Machine, afterMs: number | undefined, random: number): void {
  const { delivery, config, effects } = machine;
  const failures = ++delivery.failures;
  const phase = afterMs === undefined ? "backoff" : "throttled";
  if (failures > config.maxRetries) {
    effects.report(machine, "retry_exhausted", failures);
    return keep(machine, phase === "throttled" ? phase : "idle", afterMs);
  }
  delivery.phase = phase;
  delivery.inFlight = 0;
  effects.wake(machine, afterMs ?? backoffDelayMs(failures, random, config.backoff));
}
