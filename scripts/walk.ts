/**
 * The walk of one `track()` in Node, from the call until its event is settled: every file of the packages that it comes
 * through, and how often each function is called. V8 counts. `--write` writes it into ARCHITECTURE.md, `--check` compares.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { withPart } from "../conformance/src/facts/document.ts";
import { createWhisperr } from "../packages/node/src/index.ts";

const DOCUMENT = new URL("../ARCHITECTURE.md", import.meta.url);
const PACKAGES = new URL("../packages/", import.meta.url).href;

interface Visited {
  /** Below `packages/`. */
  readonly file: string;
  /** Functions in the order of the file, with their calls. */
  readonly calls: readonly (readonly [name: string, count: number])[];
}

/** The second event of a client: what only the first one does, such as drawing the message id's prefix, is not in it. */
async function walk(): Promise<Visited[]> {
  const answer = () => Promise.resolve(Response.json({ accepted: 1, rejected: 0 }, { status: 202 }));
  const whisperr = createWhisperr({ apiKey: "wrk_walk", flushAt: 1, fetch: answer });
  whisperr.track("user_8842", "walk_started");
  await whisperr.flush();

  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  await session.post("Profiler.takePreciseCoverage");
  whisperr.track("user_8842", "payment_failed", { amount_cents: 4900 });
  // An answer that is there at once is heard within a turn of the event loop; a second one leaves room.
  await nextTurn();
  await nextTurn();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  session.disconnect();

  if (whisperr.stats().delivered !== 2) throw new Error("The event was not settled within the walk.");
  return result
    .filter(({ url }) => url.startsWith(PACKAGES))
    .map(({ url, functions }) => ({
      file: url.slice(PACKAGES.length),
      calls: functions.flatMap(({ functionName, ranges: [range] }) =>
        range && range.count > 0 ? [[functionName || "a callback", range.count] as const] : [],
      ),
    }))
    .filter(({ calls }) => calls.length > 0)
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

function describe(visited: readonly Visited[]): string {
  const calls = visited.flatMap((one) => one.calls).reduce((sum, [, count]) => sum + count, 0);
  const rows = visited.map(
    ({ file, calls }) =>
      `- \`packages/${file}\`: ${calls.map(([name, count]) => (count > 1 ? `${name} ×${count}` : name)).join(", ")}`,
  );
  return [`${visited.length} files, ${calls} calls.`, "", ...rows].join("\n");
}

const text = readFileSync(DOCUMENT, "utf8");
const found = describe(await walk());
const expected = withPart(text, "walk", `\n${found}\n`);

console.log(found);
if (process.argv.includes("--write")) writeFileSync(DOCUMENT, expected);
else if (process.argv.includes("--check") && expected !== text) {
  console.error("The walk in ARCHITECTURE.md is out of date; run: npm run docs");
  process.exitCode = 1;
}
