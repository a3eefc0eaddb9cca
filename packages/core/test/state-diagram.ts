/** The diagram of ARCHITECTURE.md, derived by running the transition table: it cannot say what the code does not do. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Phase } from "../src/delivery/state.ts";
import { explore } from "./explore.ts";
import { CONFIG } from "./machine-builders.ts";
import type { Input } from "./transition.ts";

const DOCUMENT = new URL("../../../ARCHITECTURE.md", import.meta.url);
const START = "<!-- state-diagram:start -->";
const END = "<!-- state-diagram:end -->";

/** Enough to reach every edge between phases: larger bounds add states, not edges. */
const BOUNDS = { ...CONFIG, flushAt: 2, maxQueueSize: 2, maxBatchSize: 1, maxRetries: 1 };

/** Also the order in which phases and labels appear. */
const PHASES: readonly Phase[] = [
  "starting",
  "idle",
  "sending",
  "backoff",
  "throttled",
  "unauthorized",
  "stopped",
];
const LABELS = [
  "adopted",
  "appended",
  "flushRequested",
  "timerFired",
  "hurried",
  "retryNow",
  "accepted",
  "retry",
  "retry with Retry-After",
  "auth",
  "rejected",
  "too_large",
  "stopRequested",
  "withdrawn",
  "abandoned",
];

let drawn: string | undefined;

/** Drawn once: the search takes a second. */
export function stateDiagram(): string {
  drawn ??= draw();
  return drawn;
}

function draw(): string {
  const edges = new Map<string, Set<string>>();
  explore(BOUNDS, { callers: 1, blames: true }, ({ from, input, to }) => {
    if (from.machine.phase === to.machine.phase) return;
    const ends = `${from.machine.phase} --> ${to.machine.phase}`;
    edges.set(ends, (edges.get(ends) ?? new Set()).add(label(input)));
  });
  const lines = PHASES.flatMap((from) => PHASES.map((to) => `${from} --> ${to}`)).flatMap((ends) => {
    const inputs = edges.get(ends);
    return inputs === undefined ? [] : [`  ${ends}: ${inOrder(inputs).join(", ")}`];
  });
  return ["stateDiagram-v2", "  [*] --> idle", "  [*] --> starting", ...lines, "  stopped --> [*]"].join(
    "\n",
  );
}

function label(input: Input): string {
  if (input.type !== "answered") return input.type;
  const { outcome } = input;
  return outcome.kind === "retry" && outcome.afterMs !== undefined ? "retry with Retry-After" : outcome.kind;
}

function inOrder(labels: ReadonlySet<string>): string[] {
  return [...labels].sort((a, b) => LABELS.indexOf(a) - LABELS.indexOf(b));
}

export interface DocumentedDiagram {
  /** What stands in the document now. */
  readonly found: string;
  readonly expected: string;
}

export function compareDiagram(document: URL = DOCUMENT): DocumentedDiagram {
  const [, found] = split(readFileSync(document, "utf8"));
  return { found: found.trim(), expected: `\`\`\`mermaid\n${stateDiagram()}\n\`\`\`` };
}

export function writeDiagram(document: URL = DOCUMENT): void {
  const [before, , after] = split(readFileSync(document, "utf8"));
  writeFileSync(document, `${before}${START}\n${compareDiagram(document).expected}\n${END}${after}`);
}

/** Before, between and after the two markers. */
function split(text: string): [string, string, string] {
  const start = text.indexOf(START);
  const end = text.indexOf(END);
  if (start === -1 || end < start) throw new Error(`the document lacks ${START} … ${END}`);
  return [text.slice(0, start), text.slice(start + START.length, end), text.slice(end + END.length)];
}
