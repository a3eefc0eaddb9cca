/** Well-formed requests for the tests beside this file; each test changes the one thing it is about. */
import { BATCH_PATH } from "./endpoint-paths.ts";
import type { JsonObject } from "./json-value.ts";

export const NOW_MS = Date.UTC(2026, 5, 14, 12, 0, 0);
export const HEADERS = { "content-type": "application/json", "x-api-key": "wrk_test" };

export function anEvent(id: string, changes: JsonObject = {}): JsonObject {
  return {
    external_user_id: "user_1",
    event_type: "plan_upgraded",
    occurred_at: "2026-06-14T12:00:00.000Z",
    properties: {},
    context: { $message_id: id },
    ...changes,
  };
}

export function without(object: JsonObject, field: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== field));
}

export function aPost(body: unknown, headers: Record<string, string> = HEADERS): RequestInit {
  return { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) };
}

export function aBatch(...events: unknown[]): RequestInit {
  return aPost({ events });
}

/** Sends a batch over the network; redirects are not followed. */
export function sendBatch(url: string, ...events: unknown[]): Promise<Response> {
  return fetch(`${url}${BATCH_PATH}`, { ...aBatch(...events), redirect: "manual" });
}
