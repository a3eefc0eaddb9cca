/** Requests as they travel in the simulation. Operations are known by the number their call gave them. */
import {
  BATCH_PATH,
  IDENTIFY_PATH,
  isJsonObject,
  type JsonObject,
  type RecordedRequest,
} from "@whisperr/conformance/api";
import type { Operation } from "@whisperr/conformance/invariants/traffic.ts";

/** One operation as it was sent. */
export interface Sent extends Operation {
  /** The number of its call. */
  readonly key: number;
  readonly json: JsonObject;
  readonly isPoison: boolean;
  /** Somebody in front of the API lets it through in no request, ever. */
  readonly isForbidden: boolean;
}

/** A request, read once, wherever it goes then. */
export interface Read {
  readonly operations: readonly Sent[];
  readonly path: string;
  readonly recorded: RecordedRequest;
}

/** Throws unless it is a request to one of the two endpoints and, byte for byte, what its operations make. */
export function readRequest(url: string, headers: Readonly<Record<string, string>>, body: string): Read {
  const path = url.slice(url.indexOf("/v1/"));
  if (path !== BATCH_PATH && path !== IDENTIFY_PATH) throw new Error(`no endpoint for SDKs: ${path}`);
  const json = JSON.parse(body) as JsonObject;
  const isIdentify = path === IDENTIFY_PATH;
  const all = (isIdentify ? [json] : json.events) as JsonObject[];
  const texts = all.map((one) => JSON.stringify(one));
  const whole = isIdentify ? texts.join() : `{"events":[${texts}]}`;
  if (whole !== body) throw new Error(`not the bytes its operations make: ${body}`);
  const recorded: RecordedRequest = {
    index: 0,
    method: "POST",
    path,
    headers,
    body: Buffer.from(body),
    text: body,
    json,
    events: isIdentify ? [] : all,
    ...(isIdentify && { identify: json }),
    receivedAtMs: 0,
    outcome: "pending",
    rejected: 0,
    overlapping: false,
  };
  const operations = all.map((one, i) => sent(one, texts[i] as string));
  // What is said of a push token alone was no call of its own.
  return { operations: isIdentify && !json.traits ? [] : operations, path, recorded };
}

function sent(json: JsonObject, bytes: string): Sent {
  const marks = json.properties ?? json.traits;
  const { n = 0, poison = false, forbidden = false } = isJsonObject(marks) ? marks : {};
  return { key: Number(n), bytes, json, isPoison: poison === true, isForbidden: forbidden === true };
}
