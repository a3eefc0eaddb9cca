/** What the API saw, in the shapes the checks need: raw bytes of each event, identities, one line per request. */
import type { JsonObject, RecordedRequest } from "../api/index.ts";
import type { ReportedRequest } from "../report/run-report.ts";

/** One operation as it travelled: an event with its message id, or an identify. */
export interface Sighting {
  kind: "track" | "identify";
  /** $message_id of an event; an identify has none and is known by its bytes. */
  id: string;
  userId: string;
  eventType: string;
  /** The number under "n" in its properties or traits, by which cases tell repeated calls apart. */
  mark: number | undefined;
  /** Exactly as sent. */
  raw: string;
}

/** The operations of a request, in order. */
export function sightings(request: RecordedRequest): Sighting[] {
  if (request.identify) return [identifySighting(request, request.identify)];
  const raws = rawEvents(request.text);
  return request.events.map((event, i) => eventSighting(event, raws[i] ?? ""));
}

/** The client was told that these operations have arrived. */
export function isAcknowledged(request: RecordedRequest): boolean {
  return request.outcome === "stored" && request.status !== undefined;
}

export function describeRequest(request: RecordedRequest): string {
  const { identify: details, events: _, ...rest } = request;
  const identify = details && { identify: text(details.external_user_id) };
  return requestLine({ ...rest, events: typesOf(request), ...identify });
}

/** The few fields of a request that its line shows. */
export type RequestLine = Pick<
  ReportedRequest,
  "index" | "method" | "path" | "events" | "identify" | "status" | "outcome" | "overlapping"
>;

export function requestLine({ index, method, path, events, identify, ...became }: RequestLine): string {
  const { status, outcome, overlapping } = became;
  const what = identify === undefined ? `[${compactTypes(events).join(", ")}]` : `identify ${identify}`;
  const answer = status === undefined ? outcome : `${status} ${outcome}`;
  return `#${index} ${method} ${path} ${what} -> ${answer}${overlapping ? " OVERLAPPING" : ""}`;
}

export function typesOf(request: RecordedRequest): string[] {
  return request.events.map((event) => text(event.event_type));
}

/** Runs of the same type are written "type×n", as cases write them. */
export function compactTypes(types: readonly string[]): string[] {
  const runs: { type: string; count: number }[] = [];
  for (const type of types) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  return runs.map(({ type, count }) => (count === 1 ? type : `${type}×${count}`));
}

function eventSighting(event: JsonObject, raw: string): Sighting {
  const context = (event.context ?? {}) as JsonObject;
  return {
    kind: "track",
    id: text(context.$message_id),
    userId: text(event.external_user_id),
    eventType: text(event.event_type),
    mark: markOf(event.properties),
    raw,
  };
}

function identifySighting(request: RecordedRequest, identify: JsonObject): Sighting {
  const userId = text(identify.external_user_id);
  return {
    kind: "identify",
    id: request.text,
    userId,
    eventType: "",
    mark: markOf(identify.traits),
    raw: request.text,
  };
}

/** Of what should be text, and may be anything. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : String(JSON.stringify(value));
}

function markOf(values: unknown): number | undefined {
  const mark =
    typeof values === "object" && values !== null ? (values as Record<string, unknown>).n : undefined;
  return typeof mark === "number" ? mark : undefined;
}

/** The text of each item of the top-level `events` array, cut out of the body without parsing it anew. */
export function rawEvents(text: string): string[] {
  const start = /^\s*\{\s*"events"\s*:\s*\[/.exec(text);
  if (!start) return [];
  const items: string[] = [];
  let depth = 0;
  let inString = false;
  let from = start[0].length;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === "\\") at++;
      else if (char === '"') inString = false;
      continue;
    }
    if (char === '"') inString = true;
    else if (char === "{" || char === "[") depth++;
    else if (char === "}") depth--;
    else if (char === "]" && depth > 0) depth--;
    else if ((char === "," || char === "]") && depth === 0) {
      items.push(text.slice(from, at));
      from = at + 1;
      if (char === "]") break;
    }
  }
  return items;
}
