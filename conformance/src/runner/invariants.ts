/**
 * What must hold after every case, whatever it tests (CONTRACT sections 2, 4 and 5). All of it is judged on what the
 * API received; what the SDK claims is then checked against that.
 */

import type { JsonObject, RecordedRequest } from "../api/index.ts";
import { type Ledger, miscounted } from "../invariants/ledger.ts";
import { eventsIn } from "../invariants/recorded.ts";
import { mistakenDrops } from "../invariants/reports.ts";
import {
  acknowledge,
  changedBytes,
  FEWEST_ATTEMPTS_ALONE,
  noTraffic,
  sentAgain,
} from "../invariants/traffic.ts";
import type { Leftovers } from "../protocol.ts";
import { describeRequest, isAcknowledged, type Sighting, sightings } from "./exchange.ts";

export interface Evidence {
  requests: readonly RecordedRequest[];
  /** Calls of the app in order, as far as they can be recognised on the wire. */
  calls: readonly KnownCall[];
  /** The SDK also sends what was not called for, such as page views. */
  sendsByItself?: boolean;
  /** Pages side by side, or apps with a key each: an order and a request in flight per queue, which nobody can tell apart. */
  severalQueues?: boolean;
  /** After shutdown; absent when there was no client to ask. */
  ledger?: Ledger;
  leftovers?: Leftovers;
  /** Was this request sent by a page that had no time to wait for answers? */
  isGoing?: (index: number) => boolean;
  /** Everything that could carry the key out: reported errors, console, standard streams, the other origin. */
  outward: readonly string[];
  key: string;
  thrown: readonly string[];
  /** What the app's onError was given. */
  errors?: readonly unknown[];
}

export interface KnownCall extends Pick<Sighting, "kind" | "eventType" | "mark"> {
  /** Undefined: the call did not say. */
  userId: string | undefined;
}

export function brokenInvariants(evidence: Evidence): string[] {
  return [
    ...evidence.thrown.map((message) => `a call threw: ${message}`),
    ...wrongEndpoint(evidence.requests),
    ...wrongAttempts(evidence.requests),
    ...(evidence.severalQueues
      ? []
      : [
          ...outOfOrder(evidence.requests, evidence.calls, evidence.sendsByItself, evidence.isGoing),
          ...overlapping(evidence.requests),
        ]),
    ...keyLeaks(evidence),
    ...misplacedKeys(evidence),
    ...mistakenDrops(acknowledgedIds(evidence.requests), evidence.errors ?? []),
    ...(evidence.ledger ? wrongLedger(evidence.ledger, evidence.requests) : []),
    ...(evidence.leftovers ? leftBehind(evidence.leftovers) : []),
  ];
}

function wrongEndpoint(requests: readonly RecordedRequest[]): string[] {
  return requests
    .filter(({ method, path }) => method !== "POST" || !/^\/v1\/(events\/batch|identify)$/.test(path))
    .map(
      (request) => `only POST to /v1/events/batch and /v1/identify is for SDKs: ${describeRequest(request)}`,
    );
}

/** Nothing acknowledged is sent again, and what is sent again is the same. Identifies have no id: see outOfOrder. */
function wrongAttempts(requests: readonly RecordedRequest[]): string[] {
  const traffic = noTraffic();
  return requests.flatMap((recorded) => {
    const request = eventsIn(recorded);
    const problems = [...sentAgain(traffic, request), ...changedBytes(traffic, request)];
    if (isAcknowledged(recorded)) acknowledge(traffic, request);
    return problems;
  });
}

/**
 * First arrivals come in call order, identify and track in one queue; an identify comes anew only when it was called. A probe that
 * was not taken changes no order.
 */
export function outOfOrder(
  requests: readonly RecordedRequest[],
  calls: readonly KnownCall[],
  sendsByItself = false,
  isGoing: Evidence["isGoing"] = () => false,
): string[] {
  const problems: string[] = [];
  let next = 0;
  for (const { request, sighting } of firstArrivals(withoutProbes(requests), isGoing)) {
    if (isGoing(request.index)) continue;
    if (sendsByItself && (isTokenUpdate(sighting) || !calls.some((call) => sameCall(call, sighting))))
      continue;
    let found = next;
    while (found < calls.length && !sameCall(calls[found] as KnownCall, sighting)) found++;
    if (found === calls.length) {
      const what =
        `${sighting.kind} ${sighting.userId} ${sighting.eventType} ${sighting.mark ?? ""}`.trimEnd();
      problems.push(`request #${request.index}: "${what}" was not called after what arrived before it`);
    } else next = found + 1;
  }
  return problems;
}

/** An identify with nothing but the device's push token: most of them come from no identify() of the app. */
function isTokenUpdate({ kind, raw }: Sighting): boolean {
  if (kind !== "identify") return false;
  const { external_user_id: _user, channels, ...rest } = JSON.parse(raw) as JsonObject;
  return Array.isArray(channels) && Object.keys(rest).length === 0;
}

/** Without what asks whether anything gets through: one operation, while another one fails alone again and again. */
function withoutProbes(requests: readonly RecordedRequest[]): RecordedRequest[] {
  let front: string | undefined;
  let failures = 0;
  return requests.filter((request) => {
    const [sighting, ...others] = sightings(request);
    const isAlone = sighting !== undefined && others.length === 0 && !isAcknowledged(request);
    if (isAlone && sighting.id !== front && failures >= FEWEST_ATTEMPTS_ALONE) return false;
    failures = isAlone ? Number(sighting.id === front && failures) + 1 : 0;
    front = sighting?.id;
    return true;
  });
}

function firstArrivals(
  requests: readonly RecordedRequest[],
  isGoing: (index: number) => boolean,
): { request: RecordedRequest; sighting: Sighting }[] {
  const seen = new Set<string>();
  const arrivals: { request: RecordedRequest; sighting: Sighting }[] = [];
  let openIdentify: string | undefined;
  /** Identifies of a page that went: others may have arrived since. */
  const left = new Set<string>();
  for (const request of requests) {
    for (const sighting of sightings(request)) {
      const isOpen = openIdentify === sighting.id || left.delete(sighting.id);
      const repeated = sighting.kind === "track" ? seen.has(sighting.id) : isOpen;
      if (!repeated) arrivals.push({ request, sighting });
      if (sighting.kind === "track") seen.add(sighting.id);
      else if (isGoing(request.index)) left.add(sighting.id);
      openIdentify = sighting.kind === "identify" && !isAcknowledged(request) ? sighting.id : undefined;
    }
  }
  return arrivals;
}

function sameCall(call: KnownCall, sighting: Sighting): boolean {
  if (call.kind !== sighting.kind) return false;
  if (call.userId !== undefined && call.userId !== sighting.userId) return false;
  return call.eventType === sighting.eventType && (call.mark === undefined || call.mark === sighting.mark);
}

function overlapping(requests: readonly RecordedRequest[]): string[] {
  return requests
    .filter((request) => request.overlapping)
    .map((request) => `request #${request.index} arrived while another was in flight`);
}

function keyLeaks({ outward, key }: Evidence): string[] {
  return outward.filter((text) => text.includes(key)).map((text) => `the key leaked: ${text.slice(0, 300)}`);
}

/** Headers that carry credentials, whatever is in them. The key has one header of its own. */
const CREDENTIAL_HEADERS = ["authorization", "proxy-authorization", "cookie"];

/** The key travels in X-API-Key and nowhere else: proxies and servers write addresses and other headers into their logs. */
function misplacedKeys({ requests, key }: Evidence): string[] {
  const holdsKey = (text: string) =>
    text.includes(key) || text.includes(btoa(key)) || text.includes(btoa(`${key}:`));
  return requests.flatMap(({ index, path, headers, text }) => {
    const { "x-api-key": _own, ...others } = headers;
    const places = Object.entries(others)
      .filter(([name, value]) => CREDENTIAL_HEADERS.includes(name) || holdsKey(`${name} ${value}`))
      .map(([name]) => `the header ${name}`);
    if (holdsKey(path)) places.push("its address");
    if (holdsKey(text)) places.push("its body");
    return places.map((place) => `request #${index} has the key, or another credential, in ${place}`);
  });
}

/** The ledger adds up, and what it calls delivered is what the API acknowledged; answers that were lost may count. */
function wrongLedger(ledger: Ledger, requests: readonly RecordedRequest[]): string[] {
  const sure = arrived(requests.filter(isAcknowledged));
  return miscounted(ledger, sure, sure + arrived(requests.filter(({ outcome }) => outcome === "lost")));
}

function acknowledgedIds(requests: readonly RecordedRequest[]): Set<string> {
  return new Set(
    requests
      .filter(isAcknowledged)
      .flatMap(sightings)
      .map(({ id }) => id),
  );
}

/** How many operations these requests brought, each event once. */
function arrived(requests: readonly RecordedRequest[]): number {
  const all = requests.flatMap(sightings);
  const events = new Set(all.filter(({ kind }) => kind === "track").map(({ id }) => id));
  return events.size + all.filter(({ kind }) => kind === "identify").length;
}

function leftBehind({ timers, listeners, holds = 0 }: Leftovers): string[] {
  const problems: string[] = [];
  if (timers > 0) problems.push(`${timers} timers are still set after shutdown`);
  if (listeners > 0) problems.push(`${listeners} process listeners are left after shutdown`);
  if (holds > 0) problems.push(`${holds} promises given to waitUntil are not settled after shutdown`);
  return problems;
}
