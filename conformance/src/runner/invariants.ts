/**
 * What must hold after every case, whatever it tests (CONTRACT sections 2, 4 and 5). All of it is judged on what the
 * API received; what the SDK claims is then checked against that.
 */
import type { JsonObject, RecordedRequest } from "../api/index.ts";
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

export interface Ledger {
  accepted: number;
  delivered: number;
  dropped: Record<string, number>;
  pending: number;
}

export function brokenInvariants(evidence: Evidence): string[] {
  return [
    ...evidence.thrown.map((message) => `a call threw: ${message}`),
    ...wrongEndpoint(evidence.requests),
    ...sentAgain(evidence.requests),
    ...changedBytes(evidence.requests),
    ...(evidence.severalQueues
      ? []
      : [
          ...outOfOrder(evidence.requests, evidence.calls, evidence.sendsByItself),
          ...overlapping(evidence.requests),
        ]),
    ...keyLeaks(evidence),
    ...misplacedKeys(evidence),
    ...mistakenDrops(evidence.requests, evidence.errors ?? []),
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

/** Nothing acknowledged is sent again. An identify has no id: as many are acknowledged as there may be, see outOfOrder. */
export function sentAgain(requests: readonly RecordedRequest[]): string[] {
  const acknowledgedBy = new Map<string, number>();
  const problems: string[] = [];
  for (const request of requests) {
    const tracks = sightings(request).filter(({ kind }) => kind === "track");
    const again = tracks.filter(({ id }) => acknowledgedBy.has(id));
    if (again[0]) {
      const first = acknowledgedBy.get(again[0].id);
      problems.push(
        `request #${request.index} sends ${again.length} events again that #${first} acknowledged`,
      );
    }
    if (isAcknowledged(request)) for (const { id } of tracks) acknowledgedBy.set(id, request.index);
  }
  return problems;
}

/** Same id, same bytes on every attempt; and an id belongs to one event of a request only. */
export function changedBytes(requests: readonly RecordedRequest[]): string[] {
  const firstBytes = new Map<string, string>();
  const problems: string[] = [];
  for (const request of requests) {
    const here = new Set<string>();
    for (const { kind, id, raw } of sightings(request)) {
      if (kind !== "track") continue;
      if (here.has(id)) problems.push(`request #${request.index} carries $message_id ${id} twice`);
      here.add(id);
      const first = firstBytes.get(id);
      if (first === undefined) firstBytes.set(id, raw);
      else if (first !== raw)
        problems.push(`request #${request.index} changed event ${id}: ${first} became ${raw}`);
    }
  }
  return problems;
}

/** First arrivals come in call order, identify and track in one queue; an identify comes anew only when it was called. */
export function outOfOrder(
  requests: readonly RecordedRequest[],
  calls: readonly KnownCall[],
  sendsByItself = false,
): string[] {
  const problems: string[] = [];
  let next = 0;
  for (const { request, sighting } of firstArrivals(requests)) {
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

function firstArrivals(
  requests: readonly RecordedRequest[],
): { request: RecordedRequest; sighting: Sighting }[] {
  const seen = new Set<string>();
  const arrivals: { request: RecordedRequest; sighting: Sighting }[] = [];
  let openIdentify: string | undefined;
  for (const request of requests) {
    for (const sighting of sightings(request)) {
      const repeated = sighting.kind === "track" ? seen.has(sighting.id) : openIdentify === sighting.id;
      if (!repeated) arrivals.push({ request, sighting });
      if (sighting.kind === "track") seen.add(sighting.id);
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

/** The ledger adds up, and what it calls delivered is what the API acknowledged (answers that were lost may count). */
export function wrongLedger(ledger: Ledger, requests: readonly RecordedRequest[]): string[] {
  const problems: string[] = [];
  const dropped = Object.values(ledger.dropped).reduce((sum, n) => sum + n, 0);
  const { accepted, delivered, pending } = ledger;
  if (accepted !== delivered + dropped + pending) {
    problems.push(
      `ledger: ${accepted} accepted is not ${delivered} delivered + ${dropped} dropped + ${pending} pending`,
    );
  }
  const rejected = ledger.dropped.rejected_by_server ?? 0;
  const sure = arrived(requests.filter(isAcknowledged));
  const possible = sure + arrived(requests.filter(({ outcome }) => outcome === "lost"));
  if (delivered + rejected < sure || delivered + rejected > possible) {
    const range = sure === possible ? `${sure}` : `${sure} to ${possible}`;
    problems.push(`ledger: ${delivered} delivered + ${rejected} rejected, but the API acknowledged ${range}`);
  }
  return problems;
}

/** An event that was acknowledged is not reported as dropped, except as one of a batch of which the API rejected some. */
function mistakenDrops(requests: readonly RecordedRequest[], errors: readonly unknown[]): string[] {
  const delivered = new Set(
    requests
      .filter(isAcknowledged)
      .flatMap(sightings)
      .map(({ id }) => id),
  );
  const dropped = (errors as readonly { type?: unknown; status?: number; messageIds?: readonly string[] }[])
    .filter(({ type, status = 0 }) => type === "dropped" && status !== 202)
    .flatMap(({ messageIds = [] }) => messageIds);
  return dropped
    .filter((id) => delivered.has(id))
    .map((id) => `event ${id} was reported as dropped, but the API acknowledged it`);
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
