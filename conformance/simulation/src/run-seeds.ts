/** Many worlds in a row, and what came of them. */
import { drawScript, type Kind, simulate } from "./script.ts";

export interface SeedsOptions {
  readonly from: number;
  readonly seeds: number;
  /** Only worlds of this kind; undefined: of all. */
  readonly kind?: Kind | undefined;
  /** No world begins later than this on `nowMs`; undefined: all run. */
  readonly untilMs?: number | undefined;
  /** A clock that is real. */
  readonly nowMs: () => number;
  readonly onProgress?: ((summary: SeedsSummary) => void) | undefined;
}

export interface SeedsSummary {
  readonly seeds: number;
  readonly events: number;
  /** Virtual time. */
  readonly elapsedMs: number;
  /** Real time. */
  readonly tookMs: number;
  readonly failures: readonly SeedFailure[];
}

export interface SeedFailure {
  readonly seed: number;
  readonly message: string;
}

export async function runSeeds({
  from,
  seeds,
  kind,
  untilMs,
  nowMs,
  onProgress,
}: SeedsOptions): Promise<SeedsSummary> {
  const startedMs = nowMs();
  const failures: SeedFailure[] = [];
  let summary: SeedsSummary = { seeds: 0, events: 0, elapsedMs: 0, tookMs: 0, failures };
  for (let seed = from; seed < from + seeds && nowMs() < (untilMs ?? Number.POSITIVE_INFINITY); seed++) {
    let { events, elapsedMs } = summary;
    try {
      const figures = await simulate(drawScript(seed, kind));
      events += figures.events;
      elapsedMs += figures.elapsedMs;
    } catch (error) {
      failures.push({ seed, message: (error as Error).message });
    }
    summary = { seeds: seed - from + 1, events, elapsedMs, tookMs: nowMs() - startedMs, failures };
    onProgress?.(summary);
    // Worlds never give the event loop a turn themselves.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return summary;
}
