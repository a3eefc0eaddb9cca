/** One kind of random runs. */

export interface News {
  /** Since the last news. */
  readonly runs: number;
  /** Runs that failed in a way that is listed as known. */
  readonly known: number;
  readonly finding?: Finding;
}

export interface Finding {
  readonly what: string;
  /** The command that shows it again. */
  readonly replay: string;
  /** What it was shrunk to; absent: it could not be. */
  readonly file?: string;
}

/** Runs for about so long, and resolves. */
export type Job = (ms: number, tell: (news: News) => void) => Promise<void>;
