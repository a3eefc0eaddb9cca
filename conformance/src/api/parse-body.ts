/** What a body says, read without judging it: tests look at refused requests, too. */
import { BATCH_PATH, IDENTIFY_PATH, TRACK_PATH } from "./endpoint-paths.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json-value.ts";
import type { RecordedRequest } from "./recorded-request.ts";

type ParsedBody = Pick<RecordedRequest, "text" | "json" | "events" | "identify">;

export function parseBody(body: Uint8Array, pathname: string): ParsedBody {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
  const json = parseJson(body);
  if (json === undefined) return { text, events: [] };
  if (pathname === IDENTIFY_PATH && isJsonObject(json)) return { text, json, events: [], identify: json };
  return { text, json, events: eventsOf(json, pathname) };
}

/** Undefined when the bytes are not UTF-8 or not JSON. */
function parseJson(body: Uint8Array): JsonValue | undefined {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    return undefined;
  }
}

function eventsOf(json: JsonValue, pathname: string): JsonObject[] {
  if (!isJsonObject(json)) return [];
  if (pathname === TRACK_PATH) return [json];
  if (pathname !== BATCH_PATH || !Array.isArray(json.events)) return [];
  return json.events.filter(isJsonObject);
}
