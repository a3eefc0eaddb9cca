/// <reference lib="es2024.collection" />
/**
 * What became of the events of a scenario, judged by what the API received: was each stored, once, in order, unchanged?
 * Events are known by their chain and number, never by what the SDK says about them.
 */
import type { IngestionApi, JsonObject, RecordedRequest, StoredEvent } from "@whisperr/conformance/api";
import { arrives, unbrokenOrder } from "@whisperr/conformance/invariants/order.ts";
import { changedEvents } from "@whisperr/conformance/invariants/recorded.ts";
import { STEP_EVENT } from "../pages/step-event.ts";
import type { StepProperties } from "../site/plan.ts";
import { REQUEST_TIMEOUT_MS } from "../stage.ts";
import { mayHaveEnded, type PageEnds } from "./page-ends.ts";

/** How many events were tracked on each chain, numbered from 0. */
export type Tracked = Readonly<Record<string, number>>;

export interface Audit {
  tracked: number;
  stored: number;
  /** "chain 7" for each event that never came. */
  lost: string[];
  /** Stored although nobody tracked it, or stored under two message ids. */
  surplus: string[];
  /** Events that were in more than one request. */
  sentTwice: number;
  /** Stored after a later event of the same chain. */
  outOfOrder: string[];
  /** Other bytes or another id on a later attempt. */
  changed: string[];
  /** occurred_at is not the moment of the call. */
  shifted: string[];
  /** Two requests of one page at a time. */
  overlapping: string[];
}

/** A request may take a part of the page's patience to arrive; two that overlap by mistake follow each other at once. */
const GIVEN_UP_MS = REQUEST_TIMEOUT_MS / 2;

export type Evidence = Pick<IngestionApi, "requests" | "store">;

/** Pages that ended may have been followed by others at their address: `ends` tells those apart. */
export function audit({ requests, store }: Evidence, tracked: Tracked, ends: PageEnds = new Map()): Audit {
  const stored = store.events.filter(({ eventType }) => eventType === STEP_EVENT);
  const names = stored.map((event) => nameOf(event.properties));
  const expected = Object.entries(tracked).flatMap(([chain, count]) =>
    Array.from({ length: count }, (_, n) => `${chain} ${n}`),
  );
  const present = new Set(names);
  const known = new Set(expected);
  return {
    tracked: expected.length,
    stored: present.size,
    lost: expected.filter((name) => !present.has(name)),
    surplus: names.filter((name, i) => !known.has(name) || names.indexOf(name) !== i),
    sentTwice: [...sightings(requests).values()].filter((seen) => seen > 1).length,
    outOfOrder: outOfOrder(stored),
    changed: changedEvents(requests),
    shifted: shifted(stored),
    overlapping: overlapping(requests, ends),
  };
}

/** Everything that must not be, in words; empty when all is well. Sending twice is judged by each scenario itself. */
export function complaints(found: Audit): string[] {
  const kinds = ["lost", "surplus", "outOfOrder", "changed", "shifted", "overlapping"] as const;
  return kinds.flatMap((kind) => {
    const cases = found[kind];
    return cases.length === 0 ? [] : [`${cases.length} ${kind}: ${cases.slice(0, 5).join("; ")}`];
  });
}

function nameOf(properties: JsonObject): string {
  const { chain, n } = properties as unknown as StepProperties;
  return `${chain} ${n}`;
}

/** How many requests each event was in. */
function sightings(requests: readonly RecordedRequest[]): Map<string, number> {
  const seen = new Map<string, number>();
  for (const { events } of requests) {
    for (const { event_type: type, properties } of events) {
      const name = `${String(type)} ${nameOf(properties as JsonObject)}`;
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
  }
  return seen;
}

function outOfOrder(stored: readonly StoredEvent[]): string[] {
  const order = unbrokenOrder();
  return stored.flatMap(({ properties }) => {
    const { chain, n } = properties as unknown as StepProperties;
    return arrives(order, chain, n).map((problem) => `${chain} ${problem}`);
  });
}

/**
 * The page reads its clock right before each call: an event occurred after its own reading, and before the next one on its
 * chain. What is stamped as it is sent lies behind that.
 */
function shifted(stored: readonly StoredEvent[]): string[] {
  const chains = Map.groupBy(stored.map(stepOf), ({ chain }) => chain);
  return [...chains.values()].flatMap((own) =>
    own
      .sort((a, b) => a.n - b.n)
      .filter(({ atMs, occurredAtMs }, i, sorted) => {
        const next = sorted[i + 1]?.atMs ?? Number.POSITIVE_INFINITY;
        return occurredAtMs < atMs || occurredAtMs > next;
      })
      .map(({ chain, n }) => `${chain} ${n}`),
  );
}

function stepOf({ properties, occurredAtMs }: StoredEvent): StepProperties & { occurredAtMs: number } {
  return { ...(properties as unknown as StepProperties), occurredAtMs };
}

/**
 * Requests of one page, by referrer, that were open at the same time. One that the page has given up, because the API took
 * longer than it waits, is over for the page alone.
 */
function overlapping(requests: readonly RecordedRequest[], ends: PageEnds): string[] {
  const pages = Map.groupBy(requests, ({ headers }) => headers.referer ?? "unknown");
  return [...pages.values()].flatMap((own) =>
    own.slice(1).flatMap((request, i) => {
      const previous = own[i] as RecordedRequest;
      const open = previous.answeredAtMs === undefined || previous.answeredAtMs > request.receivedAtMs;
      const isGivenUp = request.receivedAtMs - previous.receivedAtMs >= GIVEN_UP_MS;
      if (!open || isGivenUp || mayHaveEnded(ends, request, previous.receivedAtMs, request.receivedAtMs))
        return [];
      return [`request #${request.index} arrived while #${previous.index} of the same page was open`];
    }),
  );
}
