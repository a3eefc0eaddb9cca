/** What follows from the entries of a stream that are over: what an older `identify()` has undone stands in the stream again. */
import { type Operation, parseOperation, type Said, saidBy, timeIn } from "@whisperr/core";
import type { Command } from "./client.ts";
import { again, unsay } from "./said.ts";
import type { Entry, Settled } from "./streams.ts";

export interface ParsedEntry extends Entry {
  /** Undefined when it is none that could be sent. */
  readonly operation: Operation | undefined;
  /** Of an `identify()`. */
  readonly said: Said | undefined;
}

/** One of an earlier version has no time of its own, and nothing was called after it came. */
export function parsed(entry: Entry): ParsedEntry {
  const operation = parseOperation(entry.text);
  const cameAtMs = Number.parseInt(entry.id, 10);
  const said = operation && saidBy(operation, Math.min(timeIn(operation) ?? cameAtMs, cameAtMs));
  return { ...entry, operation, said };
}

/** Of several that are said again together, each stands for the last of them: they are behind each other. */
export function groupOf(operation: object, said: Said | undefined): Said | undefined {
  const { untilMs } = operation as { readonly untilMs?: unknown };
  return said && typeof untilMs === "number" ? { ...said, saidAtMs: untilMs } : said;
}

export const saidIn = (entries: readonly Settled[]): Said[] => entries.flatMap(({ said }) => said ?? []);

/** Texts of operations, by the entry that they are to be appended with: the last one of their user. */
export async function following(
  { command, prefix }: { readonly command: Command; readonly prefix: string },
  settled: readonly Settled[],
  waiting: readonly Said[],
): Promise<Map<string, string[]>> {
  await unsay(command, prefix, saidIn(settled.filter(({ reason }) => reason !== undefined)));
  // Of what was not let through nobody knows whether it arrived.
  const arrived = settled.filter(({ reason = "undeliverable" }) => reason === "undeliverable");
  const repeated = await again(command, prefix, saidIn(arrived), waiting);
  const texts = new Map<string, string[]>();
  for (const { user, saidAtMs, body } of repeated) {
    const id = arrived.filter(({ said }) => said?.user === user).at(-1)?.id ?? "";
    const untilMs = Math.max(...repeated.filter((one) => one.user === user).map((one) => one.saidAtMs));
    const text = JSON.stringify({ kind: "identify", body, saidAtMs, untilMs });
    texts.set(id, [...(texts.get(id) ?? []), text]);
  }
  return texts;
}
