/**
 * The control protocol, version 1: how the runner drives an SDK that lives in another process, runtime or language.
 *
 * The SDK's side (the *driver*) pulls: it asks `GET <control>/next`, does what the command says, and posts a
 * `Result` to `POST <control>/result`. So anything that can make an HTTP request can be driven. Both answer 200 with the
 * next command, or 204 when there was none for a while: ask `GET /next` again. Commands come one at a time.
 *
 * Rules for a driver:
 * 1. It talks to the runner without the timers and the fetch it watches, so that control traffic is never counted.
 * 2. Calls of one `call` command are made synchronously, one after the other, in the same turn.
 * 3. No command waits for the network. `idle` reports what is in flight; the runner decides when things have settled.
 * 4. With the capability "virtual-time", timers and the clock the SDK sees stand still except during `advance`.
 * 5. Values that JSON cannot carry are written as tagged values (`TaggedValue`) and built by the driver.
 */

/**
 * How calls are written. "server": the user id comes first, `track(userId, event, …)`, on every call. "client": as a
 * client SDK is called, `track(event, …)`. A client SDK's driver runs "server" cases too: it makes the SDK know that user
 * already, so that what differs between the two kinds of SDK stays out of the cases that both share.
 */
export type CallForm = "server" | "client";

/** What a driver can do. A case that needs more is reported as not run, never left out silently. */
export type Capability =
  /** Timers and clock can be faked: `advance`. */
  | "virtual-time"
  /** Answers can be held back before the SDK sees them: `hold` and `release`. */
  | "hold-answers"
  /** The user id is explicit on every call and can be wrong; `forUser`; options that only servers have. */
  | "server-api"
  /** The SDK of a device: it knows its user, stores its queue, and can be left and come back. */
  | "client"
  /** The SDK can be told what its host tells apps: `signal`. */
  | "signals"
  /** A web page: other tabs (`elsewhere`), requests that outlive it, and what its browser asks for in the visitor's name. */
  | "page"
  /** An edge runtime: the SDK is given `waitUntil`, and what it holds with it is known. */
  | "wait-until"
  /** A process of a server SDK can have a second client beside the first: `elsewhere`. */
  | "several-clients"
  /** A process of its own per case, which can end by itself. */
  | "process-exit"
  /** The SDK of a process whose author sees what it throws at its start. */
  | "server-process"
  /** Each option that cannot be meant is refused at creation. Builds for production may take its default. */
  | "option-checks"
  /** Two values of the language JSON lacks: BigInt, and objects with getters and toJSON. */
  | "javascript-values"
  /** SDK output to the console can be read. */
  | "console";

export type Command =
  /**
   * Makes a client, on an empty device unless `again` says that it is the same one as before. `nowMs` sets the virtual
   * clock, `clockFractionMs` lets it show fractions of a millisecond. `onError: "absent"`: the app gives none, nor does the
   * driver. `twice`: the app makes the client twice, with the same options, and uses the second.
   */
  | {
      do: "create";
      form: CallForm;
      options: WireObject;
      nowMs: number;
      clockFractionMs?: number;
      again?: boolean;
      privacy?: PrivacyRequest;
      waitUntil?: WaitUntilKind;
      onError?: "absent";
      twice?: true;
    }
  /**
   * `elsewhere`: on another page of the same device, which is opened for it, with the same options, if there is none; of
   * a server SDK, by a second client in the same process.
   * `during`: the incoming request in which the app makes the calls; "request" unless it is said.
   */
  | { do: "call"; calls: Call[]; elsewhere?: boolean; during?: string }
  /** Overwrites keys of the objects that the latest call passed: `set` is merged into argument `argument`, or the object in it at `path`. */
  | { do: "mutate"; argument: number; path?: (string | number)[]; set: WireObject }
  /** Starts a flush or shutdown and remembers its promise by name. */
  | { do: "flush"; name: string; timeoutMs?: number; during?: string }
  | { do: "shutdown"; name: string; timeoutMs?: number }
  /** What became of a promise so far. Answers `Collected`. */
  | { do: "collect"; name: string }
  /** Moves the virtual clock by so much; timers due by then fire. The runner stops at each, see `Idle`. */
  | { do: "advance"; ms: number }
  /** Sets the virtual clock forward as if the device had slept, or back: timers keep the time they still had to wait. */
  | { do: "jump"; ms: number }
  /** Needs "client": the page goes away, with everything but what it stored, and asks for commands again when it is back. */
  | { do: "reload" }
  /** Needs "signals": the host tells the app. */
  | { do: "signal"; name: Signal }
  /** Needs "page": the page elsewhere goes away for good. */
  | { do: "close" }
  /** Needs "page": the page shows another address without being loaded again. */
  | { do: "navigate"; to: string }
  /** Needs "wait-until": the platform ends this incoming request, held or not. */
  | { do: "cut"; request: string }
  /** Answers `Idle` after everything that needs no network has run. */
  | { do: "idle" }
  | { do: "hold" }
  | { do: "release" }
  /** Answers `Observation`. */
  | { do: "observe" }
  /** Answers `Leftovers`. */
  | { do: "leftovers" }
  /** Stops pulling and lets the process end by itself; `exitCode` is set beforehand when given. */
  | { do: "bye"; exitCode?: number };

/**
 * The app is out of sight, a hidden tab or in the background; it is seen again; the network is back. Pages: it is kept for
 * the visitor's way back and runs no more; it goes on where it was.
 */
export type Signal = "hidden" | "shown" | "online" | "frozen" | "thawed";

/** What a browser asks of every site, in its visitor's name. */
export type PrivacyRequest = "do-not-track" | "global-privacy-control";

/**
 * Needs "wait-until". `works` is the platform's, of the incoming request in which the SDK calls it; `throws`: the request
 * is over, say; `absent`: the app gives none. Without a word of it, the request that holds the client lasts for ever.
 */
export type WaitUntilKind = "works" | "throws" | "absent";

/** Promises that were given to `waitUntil` of one incoming request, and how many of them have not settled. */
export interface Holds {
  given: number;
  open: number;
}

/** Methods that take any arguments and whose results nobody waits for; after the first two, those of client SDKs. */
export const CALL_NAMES = [
  "track",
  "identify",
  "page",
  "reset",
  "optIn",
  "optOut",
  "setPushToken",
  "setPushPermission",
] as const;

export type CallName = (typeof CALL_NAMES)[number];

/**
 * One call of the public API: the arguments under the method's name. With `forUser` it goes through the client bound to
 * that user. `repeat` makes n of it.
 */
export interface Call extends Partial<Record<CallName, WireValue[]>> {
  forUser?: WireValue;
  repeat?: number;
}

export type WireValue = null | boolean | number | string | WireValue[] | WireObject;
export interface WireObject {
  [key: string]: WireValue;
}

/** A value JSON cannot carry, e.g. { "$value": "bigint", "of": "12" }. The kinds are listed in cases.schema.json. */
export interface TaggedValue {
  $value: string;
  [detail: string]: WireValue;
}

export type Result = { ok: true; value: unknown } | { ok: false; error: string };

/** Answer of `create`: creation errors are results too. */
export interface Created {
  created: boolean;
  error?: string;
}

/** The name of the shutdown that ends every case. No other has it, so a driver whose SDK has none can end its app there. */
export const CLOSING = "closing";

/** The incoming request in which calls are made, unless a case says another. It lasts as long as the case. */
export const USUAL_REQUEST = "request";

export interface Collected {
  state: "pending" | "fulfilled" | "rejected";
  value?: unknown;
}

export interface Idle {
  /** Requests whose answer the SDK has not read to its end. */
  inFlight: number;
  /** Of those, how many wait for `release`. */
  held: number;
  /** Of those in flight, how many have not even a status yet; left out by drivers that cannot tell. */
  unheard?: number;
  /** Requests made so far on this device, whether they ended or not. */
  requests: number;
  /** How many of those are the oldest one in flight and whatever was made after it; left out by drivers that cannot tell. */
  span?: number | undefined;
  /** Virtual time until the next timer; null without one. The runner never advances beyond it in one go. */
  nextTimerInMs: number | null;
}

export interface Observation {
  /** What `stats()` says, added up where there is a client elsewhere; null without a client. */
  stats: unknown;
  /** What `onError` was given, in order, as JSON. */
  errors: unknown[];
  /** What was printed to the console and the standard streams. */
  output: string[];
  /** Messages of calls that threw. Never expected. */
  thrown: string[];
  /** Pages: of each request made so far on this device, whether it was made to outlive its page (`keepalive`). */
  outliving?: boolean[];
  /** Edge runtimes: by the incoming request that is held. */
  holds?: Record<string, Holds>;
}

export interface Leftovers {
  /** Timers still set. */
  timers: number;
  /** Listeners the client left on the host, such as `beforeExit` or `pagehide`. */
  listeners: number;
  /** Edge runtimes: promises given to `waitUntil` that have not settled. */
  holds?: number;
}
