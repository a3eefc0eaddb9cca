/** One request as the API saw it, and what became of it. */
import type { JsonObject, JsonValue } from "./json-value.ts";

export type Outcome =
  /** Being read, held back or processed. */
  | "pending"
  /** Answered 2xx; single events may still have been rejected. */
  | "stored"
  /** Answered with anything but 2xx. */
  | "refused"
  /** Stored, but its answer did not reach the client, or only a part of it. */
  | "lost"
  /** The connection was reset or answered with something that is not HTTP; nothing stored. */
  | "reset"
  /** Never answered; nothing stored. */
  | "hung"
  /** The client left before its body had arrived; nothing stored. */
  | "aborted"
  /** A CORS preflight, answered. */
  | "preflight";

export interface RecordedRequest {
  /** 0 for the first request the API saw. */
  readonly index: number;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes that were read, exactly; empty when the connection was reset before reading. */
  readonly body: Uint8Array;
  readonly text: string;
  /** The parsed body; absent when it is not JSON. */
  readonly json?: JsonValue;
  /** The events of a batch, or the one of /v1/events/track, as they came; empty for anything else. */
  readonly events: readonly JsonObject[];
  /** The body of an identify, as it came. */
  readonly identify?: JsonObject;
  /** By the API's clock. */
  readonly receivedAtMs: number;
  /** When the answer began to leave, or the connection was given up. */
  readonly answeredAtMs?: number;
  /** The same two moments in real time, by performance.now(); absent where nothing but virtual time exists. */
  readonly receivedRealMs?: number;
  readonly answeredRealMs?: number;
  readonly outcome: Outcome;
  /** The status line that left, also when the rest of the answer was cut off. */
  readonly status?: number;
  /** What was answered, as far as it is remembered; also when it did not leave, or only in part. */
  readonly answer?: RecordedAnswer;
  /** Events of this batch that the answer counted as rejected. */
  readonly rejected: number;
  /** Another request was in flight when this one arrived. */
  readonly overlapping: boolean;
}

export interface RecordedAnswer {
  /** The first 4,000 characters of the body. */
  readonly text: string;
  /** The header as sent. */
  readonly retryAfter?: string;
}
