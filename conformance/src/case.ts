/** A case as its file says it (cases.schema.json is the same shape, checked when cases are loaded). */
import type { Fault, IngestionApiOptions } from "./api/index.ts";
import type { Call, Capability, PrivacyRequest, Signal, WireObject } from "./protocol.ts";
import type { Pattern } from "./runner/pattern.ts";

export interface CaseFile {
  about: string;
  /** Of every case in the file. */
  needs?: Capability[];
  /** Client options of every case that does not give them itself. */
  options?: WireObject;
  cases: Case[];
}

export interface Case {
  /** Unique and stable: known failures and reports name it. */
  id: string;
  title: string;
  /** Section of the contract and a word, e.g. "4.retry-after". */
  clause: string;
  level: "must" | "should";
  needs?: Capability[];
  server?: ServerSetup;
  client?: ClientSetup;
  steps: Step[];
  expect: Expectations;
}

export interface ServerSetup {
  options?: Pick<
    IngestionApiOptions,
    "revokedKeys" | "poison" | "maxBodyBytes" | "maxEvents" | "rejectBatchesContaining"
  >;
  script?: Fault[];
  default?: Fault;
}

/** `options` go to createWhisperr; `baseUrl`, `apiKey` and `onError` come from the runner unless the case says otherwise. */
export interface ClientSetup {
  options?: WireObject;
  /** Appended to the API's address, e.g. "/". */
  baseUrlSuffix?: string;
  clockFractionMs?: number;
  /** What the browser asks of every site. */
  privacy?: PrivacyRequest;
}

/** One thing to do. A step that is a call itself is a turn with that single call. */
export type Step =
  | Call
  | { calls: Call[] }
  | { flush: string }
  | { shutdown: string; timeoutMs?: number }
  /** The named promise must have settled by now. */
  | { settled: string }
  /** The named promise must not have settled yet. */
  | { pending: string }
  | { advance: number }
  | { jump: number }
  /** The page goes away and comes back: a new client on the same device, with the same options, or with these instead. */
  | { reload: true | { options: WireObject } }
  | { signal: Signal }
  /** Made on another page of the same device, which is opened for it. */
  | { elsewhere: Call[] }
  | { hold: true }
  | { release: true }
  | { mutate: { argument: number; set: WireObject } }
  | { play: Fault[] }
  | { default: Fault | null }
  | { check: Expectations }
  | { exit: { code?: number } };

/** What must hold. Whatever is absent is not looked at, except that a case's own `expect` without `errors` means none. */
export interface Expectations {
  /** Every request the API saw, in order. */
  requests?: RequestExpectation[];
  /** How many requests the API saw. */
  requestCount?: Pattern;
  /** Bytes of the largest request body. */
  largestBody?: Pattern;
  stored?: StoredExpectation;
  /** What onError was given. */
  errors?: Pattern;
  stats?: Pattern;
  /** Results of named flushes and shutdowns. */
  results?: Record<string, Pattern>;
  /** What was printed, joined by newlines. */
  output?: Pattern;
  /** The message createWhisperr threw. */
  creationError?: Pattern;
  /** Requests seen by the other origin, where redirects lead. */
  otherOriginRequests?: number;
  exit?: { code: number; withinMs: number; notBeforeMs?: number };
}

export interface RequestExpectation {
  path?: string;
  /** Event types of a batch, in order; "type×n" stands for n of the same. */
  types?: string[];
  /** The user of an identify request. */
  identify?: string;
  body?: Pattern;
  /** Only the headers named are looked at. */
  headers?: Record<string, Pattern>;
  status?: number;
  outcome?: string;
  /** Pages: whether it was made to outlive its page. */
  outlives?: boolean;
}

export interface StoredExpectation {
  /** As in RequestExpectation, for the whole store in the order accepted. */
  types?: string[];
  duplicates?: number;
  rejected?: number;
  /** Properties of the stored events, in the order accepted. */
  properties?: Pattern;
  /** Contexts likewise. */
  contexts?: Pattern;
  /** `occurred_at` likewise. */
  occurredAt?: Pattern;
  /** Likewise the sessions they carry: "session n" for the n-th that was seen. */
  sessions?: Pattern;
  /** Whose they are: a user id, or "visitor n" of the n-th anonymous id that was seen, if no user is known yet. */
  owners?: Pattern;
  users?: Record<string, Pattern>;
}
