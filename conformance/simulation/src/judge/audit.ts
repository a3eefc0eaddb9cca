/** At the end of a world: what the API has, beside what became of every call. */
import type { SimulatedApi } from "../api.ts";
import type { Books, Call } from "./books.ts";

/** Every call has an end that the world knows of, and the API has what it must have, once. */
export function audit(books: Books, api: SimulatedApi): void {
  for (const call of books.calls.slice(1)) {
    const isStored = api.stored.has(call.number);
    const isKnown = isStored || api.rejected.has(call.number);
    if (call.fate === "settled" && !isKnown) throw new Error(`lost: ${call.number}, said to be delivered`);
    if (call.fate === "refused" && isKnown) throw new Error(`${call.number} arrived though it was refused`);
    if (call.fate === "queued" || call.fate === "calling")
      throw new Error(`forgotten: ${call.number} is ${call.fate} in the end`);
  }
  checkStored(api.store.events, books.calls);
}

function checkStored(events: SimulatedApi["store"]["events"], calls: readonly Call[]): void {
  const seen = new Set<number>();
  for (const { properties, userId, occurredAtMs } of events) {
    const number = Number(properties.n);
    if (seen.has(number)) throw new Error(`${number} is stored twice`);
    seen.add(number);
    const call = calls[number];
    if (call?.userId !== userId) throw new Error(`${number} of ${call?.userId} reached ${userId}`);
    if (call?.atMs !== occurredAtMs)
      throw new Error(`${number} is stamped ${occurredAtMs}, not ${call?.atMs}`);
  }
}
