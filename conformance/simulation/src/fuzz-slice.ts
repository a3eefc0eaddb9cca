/**
 * Worlds of one kind, from a seed on and for a while, for whoever forked this process: `fuzz-slice.ts <kind> <seed> <ms>`. What
 * fails in a new way is shrunk and kept; a way that a kept world lists as `known` is only counted.
 */
import { keepRegression, readRegression, regressionFiles } from "./regressions.ts";
import { drawScript, type Kind } from "./script.ts";
import { failureOf, kindOfFailure, shrink } from "./shrink.ts";

/** All counts are of this slice, so far. */
export interface SliceNews {
  readonly worlds: number;
  /** Worlds that failed in a known way. */
  readonly known: number;
  /** Being run, or shrunk. */
  readonly seed: number;
  readonly finding?: Finding;
}

export interface Finding {
  readonly seed: number;
  readonly what: string;
  /** Where its shrunk world is. */
  readonly file: string;
}

const NEWS_EVERY_MS = 500;

const [kind, from, ms] = process.argv.slice(2) as [Kind, string, string];
const known = new Set(
  regressionFiles()
    .map(readRegression)
    .filter((kept) => kept.known !== undefined && kept.script.kind === kind)
    .map((kept) => kindOfFailure(kept.what)),
);
/** In this slice: it is one mistake, shown often enough. */
const found = new Set<string>();
let news: SliceNews = { worlds: 0, known: 0, seed: Number(from) };
let toldMs = 0;

const untilMs = performance.now() + Number(ms);
for (let seed = Number(from); performance.now() < untilMs; seed++) {
  news = { ...news, seed };
  await tryWorld(seed);
  news = { ...news, worlds: news.worlds + 1 };
  tellSometimes();
  // Worlds never give the event loop a turn themselves.
  await new Promise((resolve) => setImmediate(resolve));
}
tell(news);
process.disconnect?.();

async function tryWorld(seed: number): Promise<void> {
  const script = drawScript(seed, kind);
  const what = await failureOf(script);
  if (what === undefined) return;
  const way = kindOfFailure(what);
  if (known.has(way)) news = { ...news, known: news.known + 1 };
  else if (!found.has(way)) {
    found.add(way);
    const small = await shrink(script, (smaller) => {
      tellSometimes();
      return failureOf(smaller);
    });
    const file = keepRegression(`${kind}-${seed}`, { what: (await failureOf(small)) ?? what, script: small });
    tell({ ...news, finding: { seed, what, file } });
  }
}

function tellSometimes(): void {
  if (performance.now() >= toldMs + NEWS_EVERY_MS) tell(news);
}

function tell(message: SliceNews): void {
  toldMs = performance.now();
  process.send?.(message);
}
