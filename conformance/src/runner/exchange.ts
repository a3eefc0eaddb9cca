/** What the API saw, in the shapes the checks need: raw bytes of each event, identities, one line per request. */
import type { JsonObject, RecordedRequest } from "../api/index.ts";

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
  const what = request.identify
    ? `identify ${String(request.identify.external_user_id)}`
    : `[${compactTypes(typesOf(request)).join(", ")}]`;
  const answer = request.status === undefined ? request.outcome : `${request.status} ${request.outcome}`;
  const flags = request.overlapping ? " OVERLAPPING" : "";
  return `#${request.index} ${request.method} ${request.path} ${what} -> ${answer}${flags}`;
}

export function typesOf(request: RecordedRequest): string[] {
  return request.events.map((event) => String(event.event_type));
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
    id: String(context.$message_id),
    userId: String(event.external_user_id),
    eventType: String(event.event_type),
    mark: markOf(event.properties),
    raw,
  };
}

function identifySighting(request: RecordedRequest, identify: JsonObject): Sighting {
  const userId = String(identify.external_user_id);
  return {
    kind: "identify",
    id: request.text,
    userId,
    eventType: "",
    mark: markOf(identify.traits),
    raw: request.text,
  };
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
