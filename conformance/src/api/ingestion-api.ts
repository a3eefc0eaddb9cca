/** The mock ingestion API as its users see it: options in, recorded requests and the store out. */
import type { Fault } from "./fault.ts";
import type { JsonValue } from "./json-value.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import type { Store } from "./store.ts";

/** Where one bad event goes: counted in `rejected`, or 400 for its whole batch. Both exist in the field. */
export type PoisonMode = "reject_event" | "reject_batch";

export interface IngestionAppOptions {
  /** Where the endpoints are, such as "/ingest"; recorded paths are below it. Default: at the root. */
  basePath?: string;
  /** Keys that may ingest; default ["wrk_test"]. */
  keys?: string[];
  /** Keys answered with 403. */
  revokedKeys?: string[];
  /** Default "reject_event". */
  poison?: PoisonMode;
  /** 413 above this many bytes; default 4 MiB. */
  maxBodyBytes?: number;
  /** 413 above this many events; none by default. More than 500 is 400 whatever this says. */
  maxEvents?: number;
  /** 400 for every batch that holds an event with this property. */
  rejectBatchesContaining?: { key: string; value: JsonValue };
  /** One fault per request to /v1/*, in order. */
  script?: Fault[];
  /** The API's clock in ms, which each answer's `Date` shows; default Date.now. */
  now?: () => number;
  /** How far the API's clock is ahead of `now`, by which requests are recorded; negative when behind. Default 0. */
  clockAheadMs?: number;
  /** How far the `Date` of answers is ahead of the API's clock, as a proxy whose own is wrong writes it. Default 0. */
  dateAheadMs?: number;
  /** Answer preflights and allow every origin; default false. */
  cors?: boolean;
  /** No browser remembers a preflight, and each of them takes so long. Default: 10 minutes, and no time. */
  preflightDelayMs?: number;
  /** How many requests are remembered, 256 MiB of them at most, before the oldest are forgotten; default 10,000. */
  maxRecordedRequests?: number;
}

export interface IngestionApiOptions extends IngestionAppOptions {
  /** Default 0: the system picks one. */
  port?: number;
  /**
   * Requests are turned away (403, and not recorded) unless their Host is this server and their Origin is one of these
   * (or "any"), or none. Without it, whoever reaches the port may send.
   */
  origins?: readonly string[] | "any";
  /**
   * Every request gets a connection of its own; default false. Browsers send a request again by themselves when a
   * connection they had used before fails, or answers 408: then a script meets more requests than an SDK made.
   */
  freshConnections?: boolean;
}

/** What can be watched and steered, whatever serves the requests. */
export interface IngestionControls {
  /** Every request in order of arrival, preflights apart. */
  readonly requests: readonly RecordedRequest[];
  /** CORS preflights: they carry no data, consume no fault and would only shift the indexes of the others. */
  readonly preflights: readonly RecordedRequest[];
  readonly store: Store;
  /** Appends to the script. */
  play(script: Fault[]): void;
  /** Applies to every request once the script is used up (an outage); null ends it. */
  setDefault(fault: Fault | null): void;
  /** Resolves when n requests have arrived whole (answered or not); rejects after timeoutMs, saying how many did. */
  waitForRequests(n: number, timeoutMs: number): Promise<void>;
  /** Resolves when n requests are over: answered, reset, lost or given up; rejects after timeoutMs. */
  waitForAnswers(n: number, timeoutMs: number): Promise<void>;
  inFlight(): number;
  /** Every request there was, forgotten ones too, counted by endpoint and then by status (or outcome without one). */
  answerCounts(): AnswerCounts;
}

/** For example { "/v1/identify": { "202": 3, "hung": 1 } }; unknown paths are counted under "other". */
export type AnswerCounts = Record<string, Record<string, number>>;

export interface IngestionApi extends IngestionControls {
  /** Origin without a trailing slash. */
  readonly url: string;
  /** Why requests were turned away that came from elsewhere; the first ones. */
  readonly turnedAway: readonly string[];
  /** Stops listening and destroys every connection, hanging ones included. */
  close(): Promise<void>;
}
