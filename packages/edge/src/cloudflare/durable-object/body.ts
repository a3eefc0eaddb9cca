/** What travels from a client to its Durable Object: the border between `durableObjectOutbox()` and `WhisperrOutbox`. */

import { type Place, parsePlace } from "../../hand-over/place.ts";
import type { HandedOver } from "./store.ts";

/** Both ends may be of different versions for a while: `whisperr` is the format's. */
interface HandOver {
  readonly whisperr: 1;
  readonly operations: readonly HandedOver[];
}

export function handOverBody(operations: readonly HandedOver[]): string {
  return JSON.stringify({ whisperr: 1, operations } satisfies HandOver);
}

/** The operations of a body, in order; undefined when it is none of ours. */
export function parseHandOver(body: string): readonly HandedOver[] | undefined {
  try {
    const { whisperr, operations } = JSON.parse(body) as HandOver;
    return whisperr === 1 ? operations.map(parseOne) : undefined;
  } catch {
    return undefined;
  }
}

/** Or it throws. */
function parseOne(handed: HandedOver): HandedOver {
  const place: Place | undefined = parsePlace(handed);
  if (place === undefined || typeof handed.text !== "string") throw new Error("not an operation");
  return { ...place, text: handed.text };
}
