/**
 * For the demo only; an app needs no such thing, `whisperr.stats()` is its ledger. The demo wants the figures per
 * event type, and from evidence rather than from arithmetic:
 * - accepted and dropped at the call: `stats()` before and after it; calls are synchronous, so the difference is theirs;
 * - delivered: the `fetch` the SDK uses is watched, and what the server answered with 2xx is counted by name.
 */
import type { FetchLike } from "@whisperr/node";
import type { ShopWhisperr } from "./whisperr.ts";

/** The name under which calls to `identify()` are counted; no event can have it by accident in this shop. */
const IDENTIFY = "identify";

type Counts = Record<string, number>;

export interface LedgerReport {
  readonly accepted: Readonly<Counts>;
  readonly dropped: Readonly<Counts>;
  readonly delivered: Readonly<Counts>;
}

export interface Ledger {
  readonly fetch: FetchLike;
  /** The same client, with every call counted. */
  observe(client: ShopWhisperr): ShopWhisperr;
  report(): LedgerReport;
}

export function createLedger(send: FetchLike = globalThis.fetch): Ledger {
  const accepted: Counts = {};
  const dropped: Counts = {};
  const delivered: Counts = {};

  function counted(client: ShopWhisperr, name: string, call: () => void): void {
    const before = client.stats();
    call();
    const after = client.stats();
    add(accepted, name, after.accepted - before.accepted);
    add(dropped, name, sum(after.dropped) - sum(before.dropped));
  }

  return {
    async fetch(url, init) {
      const response = await send(url, init);
      if (response.status >= 200 && response.status < 300) {
        for (const name of namesIn(init.body)) add(delivered, name, 1);
      }
      return response;
    },
    observe: (client) => ({
      ...client,
      track: (userId, event, ...rest) => counted(client, event, () => client.track(userId, event, ...rest)),
      identify: (userId, identity) => counted(client, IDENTIFY, () => client.identify(userId, identity)),
      forUser(userId) {
        const person = client.forUser(userId);
        return {
          track: (event, ...rest) => counted(client, event, () => person.track(event, ...rest)),
          identify: (identity) => counted(client, IDENTIFY, () => person.identify(identity)),
        };
      },
    }),
    report: () => ({ accepted: { ...accepted }, dropped: { ...dropped }, delivered: { ...delivered } }),
  };
}

/** A batch names its events; the other request the SDK makes is an identify. */
function namesIn(body: string): string[] {
  const { events } = JSON.parse(body) as { events?: { event_type: string }[] };
  return events === undefined ? [IDENTIFY] : events.map((event) => event.event_type);
}

function add(counts: Counts, name: string, count: number): void {
  if (count !== 0) counts[name] = (counts[name] ?? 0) + count;
}

function sum(counts: Readonly<Partial<Counts>>): number {
  return Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);
}
