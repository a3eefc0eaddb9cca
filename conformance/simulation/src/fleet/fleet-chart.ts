/** One panel of the fleet's report: requests a second around the end of the outage, as an SVG. */
import type { FleetReport, FleetRun } from "./run-fleet.ts";

const WIDTH = 720;
const HEIGHT = 300;
const LEFT = 84;
const RIGHT = 16;
const TOP = 16;
const BOTTOM = 36;
const BEFORE_S = 30;
const AFTER_S = 60;
const TICK_S = 15;

/** Each line of the same x and y scale; y begins at 0. */
export function fleetChart(report: FleetReport, runs: readonly FleetRun[]): string {
  const healedAt = (report.outageAtMs + report.outageMs) / 1000;
  const seriesOf = ({ curve }: FleetRun) => curve.arrivals.slice(healedAt - BEFORE_S, healedAt + AFTER_S);
  const top = niceTop(Math.max(...runs.flatMap(seriesOf)));
  const x = (second: number) => LEFT + ((second + BEFORE_S) / (BEFORE_S + AFTER_S)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  const lines = runs.map((run) => line(run, seriesOf(run), x, y));
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Requests a second before and after the outage ends">`,
    `<rect class="outage" x="${x(-BEFORE_S)}" y="${TOP}" width="${x(0) - x(-BEFORE_S)}" height="${HEIGHT - TOP - BOTTOM}"/>`,
    `<text class="note" x="${x(-BEFORE_S) + 8}" y="${TOP + 16}">outage</text>`,
    ...[0, 1, 2, 3, 4].map((part) => level((top * part) / 4, y)),
    ...ticks(x),
    ...lines,
    "</svg>",
  ].join("\n");
}

function line(
  { backoff }: FleetRun,
  series: readonly number[],
  x: (second: number) => number,
  y: (value: number) => number,
): string {
  const points = series.flatMap((value, i) => {
    const second = i - BEFORE_S;
    // A second is as wide as it is: steps, not slopes.
    return [
      `${x(second).toFixed(1)},${y(value).toFixed(1)}`,
      `${x(second + 1).toFixed(1)},${y(value).toFixed(1)}`,
    ];
  });
  return `<polyline class="${backoff}" points="${points.join(" ")}"/>`;
}

function level(value: number, y: (value: number) => number): string {
  const at = y(value).toFixed(1);
  return `<line class="level" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/><text class="label" x="${LEFT - 8}" y="${Number(at) + 4}" text-anchor="end">${value.toLocaleString("en-US")}</text>`;
}

function ticks(x: (second: number) => number): string[] {
  const count = (BEFORE_S + AFTER_S) / TICK_S + 1;
  return Array.from({ length: count }, (_, i) => {
    const second = i * TICK_S - BEFORE_S;
    const text = second === 0 ? "back" : `${second > 0 ? "+" : "−"}${Math.abs(second)} s`;
    const anchor = i === 0 ? "start" : i === count - 1 ? "end" : "middle";
    return `<text class="label" x="${x(second)}" y="${HEIGHT - 12}" text-anchor="${anchor}">${text}</text>`;
  });
}

/** A round number above, of which the quarters are round too; the line does not touch it. */
function niceTop(value: number): number {
  const most = value * 1.05;
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  return (
    (([1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10] as const).find((step) => step * power >= most) ?? 10) * power
  );
}
