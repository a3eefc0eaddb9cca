/** The fleet's report as one HTML file that needs nothing else. */
import { fleetChart } from "./fleet-chart.ts";
import type { FleetReport, FleetRun } from "./run-fleet.ts";

const RHYTHMS = {
  spread: "Events at any time",
  onTheMinute: "Events on the full minute, everywhere at once",
} as const;

const NAMES = {
  default: "Default: doubling waits with jitter",
  none: "None: one second, each time",
} as const;

export function fleetPage(report: FleetReport): string {
  const clients = report.clients.toLocaleString("en-US");
  const minutes = report.outageMs / 60_000;
  const panels = (["spread", "onTheMinute"] as const).map((rhythm) => {
    const runs = report.runs.filter((run) => run.rhythm === rhythm);
    // What is behind must not hide what is in front.
    return `<section><h2>${RHYTHMS[rhythm]}</h2>${fleetChart(report, [...runs].reverse())}${table(runs)}</section>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A fleet after an outage</title>
<style>${STYLE}</style>
<main>
<h1>A fleet after an outage</h1>
<p>${clients} clients lose their server for ${minutes} minutes. Requests that reach it each second, before and after it is back.</p>
<p class="legend"><span class="default">${NAMES.default}</span> <span class="none">${NAMES.none}</span></p>
${panels.join("\n")}
<p class="small">Simulated with the delivery machine of the SDKs and their default options: an event every 30 seconds and client, a flush ten seconds
after the first, six retries, then fewer of them after ever longer pauses. Mean and peak are of the time from the server's return until 99 of 100 clients had caught up.</p>
</main>
</html>
`;
}

function table(runs: readonly FleetRun[]): string {
  const rows = runs.map(({ backoff, peak, mean, usual, curve }) => {
    const cells = [
      whole(peak),
      whole(mean),
      `${(peak / mean).toFixed(1)}`,
      `${(peak / usual).toFixed(1)}`,
      `${(curve.caughtUpMs / 1000).toFixed(1)} s`,
    ];
    return `<tr><th scope="row" class="${backoff}">${backoff}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th></th><th>Peak a second</th><th>Mean a second</th><th>Peak to mean</th><th>Peak to usual</th><th>99 % caught up</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

const whole = (value: number) => Math.round(value).toLocaleString("en-US");

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2530; --soft: #5d6b7a; --page: #fbfcfd; --grid: #dfe5ea; --outage: #eef1f4; --default: #0b6bcb; --none: #c2410c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --soft: #98a6b4; --page: #12171d; --grid: #2a333d; --outage: #1a2129; --default: #5aaeff; --none: #ff9b63; } }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
svg { width: 100%; height: auto; display: block; }
polyline { fill: none; stroke-width: 2; } polyline.default { stroke: var(--default); } polyline.none { stroke: var(--none); }
.outage { fill: var(--outage); } .level { stroke: var(--grid); } .label, .note { fill: var(--soft); font-size: 12px; }
.legend span { display: inline-block; margin-right: 1.5rem; } .legend span::before { content: ""; display: inline-block; width: 1.2rem; height: 3px; margin-right: .5rem; vertical-align: middle; background: currentColor; }
.legend .default, th.default { color: var(--default); } .legend .none, th.none { color: var(--none); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; margin-top: .5rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { padding: .35rem .6rem; text-align: right; border-bottom: 1px solid var(--grid); font-size: .9rem; } th:first-child { text-align: left; } thead th { color: var(--soft); font-weight: 500; }
@media (max-width: 32rem) { .label, .note { font-size: 19px; } }
.small { color: var(--soft); font-size: .85rem; margin-top: 2rem; }
`;
