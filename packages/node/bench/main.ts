/**
 * `npm run bench`: what the SDK costs an app, beside the same work done without it. Ratios matter, not absolute
 * figures: both sides of each row run on this machine, in this order, one after the other. Not part of the tests.
 */
import { measureDelivery } from "./delivery.ts";
import { measureHeap } from "./heap.ts";
import { measureStart } from "./start.ts";
import { measureTrack } from "./track.ts";

interface Row {
  readonly what: string;
  readonly figure: string;
  readonly target: string;
  readonly holds: boolean;
}

const rows: Row[] = [];
const add = (what: string, value: number, unit: string, target: string, holds: boolean) =>
  rows.push({ what, figure: `${value.toFixed(2)} ${unit}`, target, holds });

console.error("track() …");
const track = await measureTrack();
add(
  "track(): more than JSON.stringify of its properties",
  track.overheadUs,
  "µs",
  "< 1 µs",
  track.overheadUs < 1,
);
add("track(): full queue ÷ empty queue", track.fullToEmpty, "×", "about 1", track.fullToEmpty < 1.5);

console.error("start …");
const start = measureStart();
add("start: CPU of import and createWhisperr()", start.startMs, "ms", "", true);
add("start ÷ an import of node:crypto", start.toCrypto, "×", "< 1", start.toCrypto < 1);

console.error("heap …");
const heap = await measureHeap();
add("heap per queued small event", heap, "bytes", "≤ 400", heap <= 400);

console.error("delivery of 200,000 events, five times each way …");
const delivery = await measureDelivery(200_000, 5);
add("bare loop: CPU per event", delivery.bareUs, "µs", "", true);
add("SDK: CPU per event, track() included", delivery.sdkUs, "µs", "", true);
add("SDK ÷ bare loop", delivery.ratio, "×", "≤ 1.3", delivery.ratio <= 1.3);

console.table(Object.fromEntries(rows.map(({ what, ...rest }) => [what, rest])));
process.exitCode = rows.every((row) => row.holds) ? 0 : 1;
