/** The options that cases give to `create`: what an SDK has to know of each. A test compares them with the cases. */

export interface OptionFact {
  /** What holds when the app says nothing. */
  readonly usual: string;
  /** What it may be. */
  readonly takes: string;
  /** What becomes of anything else, where that is not "refused". */
  readonly otherwise?: string;
}

/** Whole numbers from the first to the second; without one there is no limit that cases look at. */
const whole = (from: number, to?: number) =>
  `a whole number from ${from}${to === undefined ? "" : ` to ${to.toLocaleString("en")}`}`;
const LONGEST_TIMER = 2_147_483_647;

export const SERVER_AND_CLIENT: Readonly<Record<string, OptionFact>> = {
  apiKey: {
    usual: "none; required unless `disabled`",
    takes: "text of visible ASCII characters, without spaces",
    otherwise: "refused, with `WHISPERR_API_KEY` in the message, and without the key",
  },
  baseUrl: {
    usual: "`https://api.whisperr.net`",
    takes: "an `https:` URL, or `http:` to `localhost`, `*.localhost`, 127.0.0.0/8 or `[::1]`",
    otherwise: "refused; of an `http:` URL elsewhere, with `allowInsecureHttp` in the message",
  },
  allowInsecureHttp: { usual: "false", takes: "a boolean" },
  flushAt: {
    usual: "20",
    takes: whole(1),
    otherwise: "refused, with 1 in the message; above `maxQueueSize` clamped to that",
  },
  flushIntervalMs: { usual: "10,000", takes: `${whole(0, LONGEST_TIMER)}; 0 turns the timer off` },
  maxQueueBytes: { usual: "64 MiB on servers, 5 MiB in clients", takes: whole(1) },
  maxQueueSize: { usual: "10,000 on servers, 1,000 in clients", takes: whole(1) },
  maxBatchSize: { usual: "500", takes: whole(1), otherwise: "refused; above 500 clamped to 500" },
  maxBatchBytes: {
    usual: "524,288",
    takes: `${whole(1)}, of UTF-8 bytes of a request body; a larger event travels alone`,
  },
  maxRetries: { usual: "6", takes: whole(0, 1000) },
  backoff: {
    usual: "`{ baseMs: 1000, maxMs: 30000 }`",
    takes: "an object with one or both, whole numbers from 1; `maxMs` is not below `baseMs`",
  },
  requestTimeoutMs: { usual: "10,000", takes: whole(1, LONGEST_TIMER) },
  disabled: {
    usual: "false",
    takes: "a boolean; true makes a client that takes every call and does nothing",
  },
  debug: { usual: "false", takes: "a boolean; true prints diagnostics, lines with `whisperr` in them" },
  onError: { usual: "none", takes: "a function; what it throws is caught" },
  beforeSend: { usual: "none", takes: "a function, see [below](#tagged-values)" },
  context: { usual: "none", takes: "an object; a `$message_id` in it is left out" },
};

export const PROCESSES: Readonly<Record<string, OptionFact>> = {
  exitTimeoutMs: {
    usual: "2,000",
    takes: `${whole(0, LONGEST_TIMER)}: how long delivery may delay the end of a process; 0 for not at all`,
  },
};

export const EDGE: Readonly<Record<string, OptionFact>> = {
  waitUntilTimeoutMs: {
    usual: "25,000",
    takes: `${whole(1, LONGEST_TIMER)}: how long a request is held for delivery at most`,
  },
};

export const CLIENTS: Readonly<Record<string, OptionFact>> = {
  anonymousEvents: { usual: '`"send"`', takes: '`"send"` or `"hold"`' },
  persistence: { usual: '`"localStorage"`', takes: '`"localStorage"`, `"durable"` or `"memory"`' },
  flushAtStart: {
    usual: "true; false in cases that servers share",
    takes: "a boolean: `identify()` and the first operation of a page are sent at once",
  },
  pageViews: { usual: "true", takes: "a boolean" },
  pageQuery: { usual: "false", takes: "a boolean" },
  autoContext: { usual: "true", takes: "a boolean: page, session and library in each context" },
  traitsFromDevice: { usual: "true", takes: "a boolean: `timezone` and `locale` in the traits" },
  respectDoNotTrack: { usual: "false", takes: "a boolean" },
};
