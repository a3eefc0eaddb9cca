/** What the earlier pages of a case knew when they went away. A case is judged on all of them together. */

import type { RecordedRequest } from "../api/index.ts";
import type { Ledger } from "../invariants/ledger.ts";
import type { Observation } from "../protocol.ts";

export interface PastPages {
  /** `unseen`: requests whose answer it did not live to see. */
  add(observation: Observation, unseen: readonly RecordedRequest[]): void;
  /** The latest page's figures, and what all pages reported. */
  withReports(latest: Observation): Observation;
  /** What a page left pending was accepted once, not again by the page that took it over. */
  wholeLedger(latest: Ledger): Ledger;
  /** The page is hidden, or goes: from request `from` on it has no time to wait for answers. */
  goes(from: number): void;
  /** It has time again, from request `to` on. */
  stays(to: number): void;
  /** Was this request sent by a page that had no time? Such requests follow each other, and may arrive in another order. */
  isGoing(index: number): boolean;
  /** A request the client has given up, but whose connection its browser keeps open: keepalive outlives an abort. */
  leaveOpen(requests: readonly RecordedRequest[]): void;
  /** How many of those are. */
  stillOpen(): number;
  /** An answer that nobody saw is a lost one, and what was given up is not in the way of what follows. */
  asClientSaw(requests: readonly RecordedRequest[]): RecordedRequest[];
}

export function createPastPages(): PastPages {
  const pages: Observation[] = [];
  const unseen = new Set<number>();
  const leftOpen = new Set<RecordedRequest>();
  const goings: { from: number; to: number }[] = [];
  const isGoing = (index: number) => goings.some(({ from, to }) => from <= index && index < to);

  return {
    goes(from) {
      goings.push({ from, to: Number.POSITIVE_INFINITY });
    },
    stays(to) {
      for (const going of goings) going.to = Math.min(going.to, to);
    },
    isGoing,
    add(observation, requests) {
      pages.push(observation);
      for (const { index } of requests) unseen.add(index);
    },
    leaveOpen(requests) {
      for (const request of requests) leftOpen.add(request);
    },
    stillOpen: () => [...leftOpen].filter(isOpen).length,
    withReports(latest) {
      const all = [...pages, latest];
      return {
        ...latest,
        errors: all.flatMap(({ errors }) => errors),
        output: all.flatMap(({ output }) => output),
        thrown: all.flatMap(({ thrown }) => thrown),
      };
    },
    wholeLedger(latest) {
      const ledgers = pages.map(({ stats }) => stats as Ledger);
      const dropped: Record<string, number> = {};
      for (const ledger of [...ledgers, latest]) {
        for (const [reason, count] of Object.entries(ledger.dropped))
          dropped[reason] = (dropped[reason] ?? 0) + (count ?? 0);
      }
      return {
        accepted: ledgers.reduce((sum, { accepted, pending }) => sum + accepted - pending, latest.accepted),
        delivered: ledgers.reduce((sum, { delivered }) => sum + delivered, latest.delivered),
        dropped,
        pending: latest.pending,
      };
    },
    asClientSaw: (requests) =>
      requests.map((request) => ({
        ...request,
        outcome: unseen.has(request.index) && request.outcome === "stored" ? "lost" : request.outcome,
        overlapping:
          request.overlapping &&
          !isGoing(request.index) &&
          ![...leftOpen].some(({ index }) => index < request.index),
      })),
  };
}

function isOpen({ answeredAtMs }: RecordedRequest): boolean {
  return answeredAtMs === undefined;
}
