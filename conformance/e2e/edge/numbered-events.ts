/** Events that carry a number, so that a scenario sees at a glance what arrived, and in which order. */
import type { IngestionApi } from "@whisperr/conformance/api";
import { eventually } from "../eventually.ts";

/** What a scenario asks its Worker to call, as JSON: a track(), or an identify() when there is no event. */
export interface TrackedCall {
  readonly user: string;
  readonly event?: string;
  readonly properties?: { readonly [name: string]: unknown };
  readonly traits?: { readonly [name: string]: unknown };
}

/** Events of one user, numbered from `from` to `to`. */
export function numbered(from: number, to: number, user = "user_1"): TrackedCall[] {
  return upTo(to)
    .slice(from - 1)
    .map((number) => ({ user, event: "step_taken", properties: { number } }));
}

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

/** The numbers of the stored events, in the order accepted. */
export function numbersOf(api: IngestionApi): unknown[] {
  return api.store.events.map(({ properties }) => properties.number);
}

/** The same, in the order of their numbers: for what a Queue brings back in any order. */
export function sortedNumbersOf(api: IngestionApi): unknown[] {
  return numbersOf(api).sort((a, b) => Number(a) - Number(b));
}

export async function untilStored(api: IngestionApi, count: number): Promise<void> {
  await eventually(`${count} events`, () => api.store.events.length >= count);
}
