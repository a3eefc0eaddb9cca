/** How far a long run is: one line that is written over on a terminal, one every ten seconds elsewhere. */
import type { SeedsSummary } from "./run-seeds.ts";

const TERMINAL_EVERY_MS = 200;
const ELSEWHERE_EVERY_MS = 10_000;

export function createProgress(
  print: (text: string) => void,
  isTerminal: boolean,
): (summary: SeedsSummary) => void {
  const everyMs = isTerminal ? TERMINAL_EVERY_MS : ELSEWHERE_EVERY_MS;
  let nextMs = everyMs;
  let failed = 0;
  return (summary) => {
    for (const { seed, message } of summary.failures.slice(failed))
      print(`\nseed ${seed} fails: ${message}\n`);
    failed = summary.failures.length;
    if (summary.tookMs < nextMs) return;
    nextMs = summary.tookMs + everyMs;
    print(isTerminal ? `\r\u001b[2K${progressLine(summary)}` : `${progressLine(summary)}\n`);
  };
}

/** What a run was, at its end. */
export function summaryLines(summary: SeedsSummary): string[] {
  const { seeds, failures, elapsedMs, events } = summary;
  return [
    "",
    `simulation: ${seeds - failures.length} worlds passed, ${failures.length} failed`,
    `${round(elapsedMs / 3_600_000)} virtual hours and ${events} events in ${round(summary.tookMs / 1000)} s: ${rates(summary)}`,
  ];
}

function progressLine(summary: SeedsSummary): string {
  return `${summary.seeds} worlds, ${summary.failures.length} failed, ${rates(summary)}`;
}

function rates({ events, elapsedMs, tookMs }: SeedsSummary): string {
  const seconds = Math.max(tookMs, 1) / 1000;
  const hoursAMinute = elapsedMs / 3_600_000 / (seconds / 60);
  return `${Math.round(events / seconds)} events a second, ${round(hoursAMinute)} virtual hours a minute`;
}

const round = (value: number) => Math.round(value * 10) / 10;
