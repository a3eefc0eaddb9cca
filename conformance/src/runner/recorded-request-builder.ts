/** For tests of the runner's judgement: requests as the API would have recorded them, in one line each. */
import type { JsonObject, RecordedRequest } from "../api/index.ts";

/** A batch of events named by type; ids are "id-<type>" unless the spec says "type:id". Acknowledged unless overridden. */
export function batch(
  index: number,
  specs: string[],
  override: Partial<RecordedRequest> = {},
): RecordedRequest {
  const events = specs.map((spec) => {
    const [type = "", id = `id-${type}`] = spec.split(":");
    return {
      external_user_id: "user_1",
      event_type: type,
      properties: {},
      context: { $message_id: id },
    } satisfies JsonObject;
  });
  return recorded(index, "/v1/events/batch", { events }, { events, ...override });
}

export function identify(
  index: number,
  userId: string,
  override: Partial<RecordedRequest> = {},
): RecordedRequest {
  const body = { external_user_id: userId };
  return recorded(index, "/v1/identify", body, { identify: body, ...override });
}

function recorded(
  index: number,
  path: string,
  json: JsonObject,
  override: Partial<RecordedRequest>,
): RecordedRequest {
  const text = JSON.stringify(json);
  return {
    index,
    method: "POST",
    path,
    headers: {},
    body: new TextEncoder().encode(text),
    text,
    json,
    events: [],
    receivedAtMs: 0,
    answeredAtMs: 0,
    outcome: "stored",
    status: 202,
    rejected: 0,
    overlapping: false,
    ...override,
  };
}

/** The request came to nothing the client could know of. */
export const REFUSED: Partial<RecordedRequest> = { outcome: "refused", status: 503 };
