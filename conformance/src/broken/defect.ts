/**
 * What a deliberately broken SDK is: the real one with one mistake in it, and the case that has to notice. A suite
 * that lets such an SDK pass checks less than it says.
 */

export interface Defect {
  /** Unique, kebab-case, says what the SDK does wrong. */
  name: string;
  /** What is broken, in one sentence. */
  breaks: string;
  /** All of them together are the mistake. */
  edits: readonly Edit[];
  /** Cases that must fail, by id, each with words that one of its complaints must hold: failing for another reason is no catch. */
  caughtBy: Readonly<Record<string, RegExp>>;
}

/** One place of the source, written differently. */
export interface Edit {
  /** Below `packages/`, e.g. "core/src/events/wire.ts". */
  file: string;
  /** Must be there exactly once: after a change of the source the defect is to be aimed anew. */
  text: string;
  by: string;
}
