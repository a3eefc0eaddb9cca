/** Mistakes about batches that a server refuses: 4xx and 413 (contract, section 4). */
import type { Defect } from "./defect.ts";
import { answering, outcome, sizing } from "./sources.ts";

export const refusalDefects: readonly Defect[] = [
  {
    name: "division-drops-neighbours",
    breaks: "Drops ten events for one bad one among them.",
    edits: [sizing("return count <= droppedTogether(sizing.refusals);", "return count <= 10;")],
    caughtBy: { "isolate.one-of-500": /count: expected 1, got 8/ },
  },
  {
    name: "whole-batch-dropped",
    breaks: "Drops a batch of 500 for one bad event in it.",
    edits: [sizing("return count <= droppedTogether(sizing.refusals);", "return true;")],
    caughtBy: {
      "isolate.one-of-500": /count: expected 1, got 500/,
      "isolate.too-old": /count: expected 1, got 3/,
    },
  },
  {
    name: "singles-after-a-refusal",
    breaks: "Sends events one by one after a refused batch.",
    edits: [
      sizing("return { limit: Math.ceil(count / 2), suspect: count,", "return { limit: 1, suspect: count,"),
      sizing("limit: Math.ceil((suspect - count) / 2)", "limit: 1"),
    ],
    caughtBy: { "isolate.one-of-500": /number of requests: expected 2 to 24/ },
  },
  {
    name: "hammers-a-server-that-refuses-all",
    breaks: "Divides for ever when a server refuses everything.",
    edits: [sizing("MAX_REFUSALS_IN_A_ROW = 40", "MAX_REFUSALS_IN_A_ROW = 1e9")],
    caughtBy: { "isolate.everything-refused": /number of requests: expected 1 to 120/ },
  },
  {
    name: "too-large-not-divided",
    breaks: "Drops a batch that was too large instead of dividing it.",
    edits: [
      answering("if (!givesUp(state.sizing, count))", "if (!tooLarge && !givesUp(state.sizing, count))"),
    ],
    caughtBy: { "too-large.above-n-events": /dropped\.too_large: not expected, got 500/ },
  },
  {
    name: "too-large-for-ever",
    breaks: "Sends a lone event that is too large again and again.",
    edits: [
      outcome(
        'if (status === 413) return { kind: "tooLarge" };',
        'if (status === 413) return { kind: count > 1 ? "tooLarge" : "retry" };',
      ),
    ],
    caughtBy: { "too-large.single-event": /flush should be fulfilled, but is pending/ },
  },
  {
    name: "too-large-forgotten",
    breaks: "Starts from the top again after every batch, though the server said what it takes.",
    edits: [
      sizing(
        "limit: half, suspect: 0, ceiling: half, refusals",
        "limit: half, suspect: count, ceiling: sizing.ceiling, refusals",
      ),
    ],
    caughtBy: { "too-large.remembered": /number of requests: expected 12 to 30/ },
  },
];
