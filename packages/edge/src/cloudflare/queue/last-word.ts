/**
 * What an isolate remembers of the identifies it has delivered: a message that comes back late, or a dead letter that is sent
 * again, brings an older one after a newer one. Which are said again then core knows. Other isolates remember their own.
 */
import { consequencesOf, type IdentifyOperation, type Said } from "@whisperr/core";

/** Oldest delivery first. */
export interface Memory {
  notes: readonly Said[];
}

/** In memory for as long as the isolate lives, and no more of them. */
const MAX_NOTES = 1000;

/** Was a newer one of the same user delivered before? `heard`: delivered in this batch. */
export function isLate({ notes }: Memory, heard: readonly Said[], one: Said): boolean {
  return [...notes, ...heard].some(({ user, saidAtMs }) => user === one.user && saidAtMs > one.saidAtMs);
}

/** Remembers what was `heard`, in this order, and answers what has to be said again. */
export function undoneBy(
  memory: Memory,
  heard: readonly Said[],
  waiting: readonly Said[],
): IdentifyOperation[] {
  const known = memory.notes;
  const { again, noted } = consequencesOf({ settled: heard, known, waiting, mayBeOlder: true });
  memory.notes = [...known, ...noted].slice(-MAX_NOTES);
  return again.map(({ body }) => ({ kind: "identify", body }));
}
