/** `flush()` where there may be no time behind it: a sandbox that freezes, an app that closes and whose process ends with it. */
import type { FlushResult } from "../loop/books.ts";
import type { Deadline } from "../loop/flush.ts";

/** Where the client of a process keeps what ends a wait between two attempts; the same symbol in every copy of this file. */
export const endWait: unique symbol = Symbol.for("whisperr.end-wait 1");

interface Flushing {
  flush(settings?: Deadline): Promise<FlushResult>;
  readonly [endWait]?: () => void;
}

/** A wait between two attempts may be longer than all the time there is, and is cut short. One that the server asked for is not. */
export function flushAtEnd(whisperr: object, settings: Deadline): Promise<FlushResult> {
  const client = whisperr as Flushing;
  const flushed = client.flush(settings);
  client[endWait]?.();
  return flushed;
}
