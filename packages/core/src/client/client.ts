/**
 * A client: one plain record of everything there is to know about it. Everything else in core is a function over it.
 * What a runtime brings comes in as `ports`; what the machine decides is carried out by `loop/effects.ts`.
 */
import type { Machine } from "../delivery/machine.ts";
import { type DeliveryConfig, initialState } from "../delivery/state.ts";
import type { DropReason } from "../errors.ts";
import type { Answer, RequestUnderWay, Transport } from "../http/exchange.ts";
import type { SentAhead } from "../loop/ahead.ts";
import type { FlushResult, Note } from "../loop/books.ts";
import { EFFECTS } from "../loop/effects.ts";
import type { Caller } from "../loop/flush.ts";
import { arrived } from "../loop/queue.ts";
import type { Ports } from "../ports.ts";
import type { Outbox } from "../queue/outbox.ts";
import { dueIn } from "../queue/outbox.ts";
import type { Reporter } from "../report/reporter.ts";

/** A `Date` may be wrong, too, that of a proxy for example: so often it is believed, for nothing but what came of it tells. */
const CLOCK_TRUST = 3;

export interface ClientConfig extends DeliveryConfig {
  /** Bytes of one request body, as far as operations can be divided. */
  readonly maxBatchBytes: number;
  /** Bytes of all operations that are kept. */
  readonly maxQueueBytes: number;
}

export interface Client extends Machine {
  readonly config: ClientConfig;
  readonly outbox: Outbox;
  readonly transport: Transport;
  readonly reporter: Reporter;
  readonly ports: Ports;

  // The books: accepted = delivered + dropped + pending, at every moment
  accepted: number;
  delivered: number;
  /** The sum of `dropped`. */
  lost: number;
  readonly dropped: { [reason in DropReason]?: number };
  /** Why operations are leaving the outbox that are not counted yet, for a step may end there; null: they are delivered. */
  leavingAs: DropReason | null | undefined;

  // What the queue weighs
  /** Bytes of the operations in the outbox, or more; NaN when some came in unweighed. */
  bytes: number;
  /** Not more, while the outbox holds so many operations. */
  weighedSize: number;

  /** A step has ended in its middle: see `mend()`. */
  isTorn: boolean;

  // Who waits
  /** Waiting `flush()` and `shutdown()` calls, oldest first: one for each of `flushes`. */
  readonly callers: Caller[];
  /** The last flush, once `shutdown()` was called. */
  ending: Promise<FlushResult> | undefined;

  // What the app is still to hear
  readonly reports: Note[];
  /** Evictions come by the thousand: the first is reported at once, and those that follow together in the next step. */
  evicted: Note[] | undefined;

  // What is under way
  timer: unknown;
  request: RequestUnderWay | undefined;
  /** What was sent before its turn, oldest first, where that is done; see `loop/ahead.ts`. */
  readonly ahead: SentAhead[];
  /** The last one. */
  answer: Answer | undefined;
  /** What the clock here is known to be wrong by: see `heard()`. */
  clockAheadMs: number;
  /** Operations that were stamped before that was known, or fewer: they are in front. */
  mistimed: number;
  /** How often an answer is still believed that says so; without end once events with corrected times were taken. */
  clockTrust: number;
}

/**
 * Nothing is sent before `startQueue()` or `adopt()`. `more`: a runtime's own part of the record, which becomes the client; it
 * may bring effects of its own, too.
 */
export function createClient<More extends object = object>(
  config: ClientConfig,
  outbox: Outbox,
  transport: Transport,
  reporter: Reporter,
  ports: Ports,
  more?: More,
): Client & More {
  const client: Client = {
    ...initialState(config, "starting"),
    config,
    effects: EFFECTS,
    outbox,
    transport,
    reporter,
    ports,
    accepted: 0,
    delivered: 0,
    lost: 0,
    // Without what other code gives to every object.
    dropped: Object.create(null),
    leavingAs: undefined,
    bytes: 0,
    weighedSize: 0,
    isTorn: false,
    callers: [],
    ending: undefined,
    reports: [],
    evicted: undefined,
    timer: undefined,
    request: undefined,
    ahead: [],
    answer: undefined,
    clockAheadMs: 0,
    mistimed: 0,
    clockTrust: CLOCK_TRUST,
  };
  // One that is built in one go is what V8 reads fast: servers have no more to add.
  return more ? Object.assign(more, { ...client, ...more }) : (client as Client & More);
}

/** What an outbox kept that outlived an earlier client is accepted, and due; where pages share a queue, `adopt()` says so. */
export function startQueue(client: Client): void {
  client.phase = "idle";
  const due = dueIn(client.outbox);
  client.accepted = client.outbox.size - due;
  if (due > 0) arrived(client, due);
}
