/** The real edge client, with its queue watched: of one request (`withWhisperr`), or of all requests of an isolate. */
import {
  type AnyEvents,
  createMemoryOutbox,
  type FetchLike,
  resolveOptions,
  type WhisperrError,
} from "@whisperr/core";
import { createWhisperr, type Whisperr, type WhisperrEdgeOptions } from "@whisperr/edge";
import { type WorkerContext, withWhisperr } from "@whisperr/edge/cloudflare";
import { API_KEY } from "../api.ts";
import { createPacing } from "../judge/pacing.ts";
import { watchQueue } from "../judge/queue-watch.ts";
import { BASE_URL, type NetworkEvents } from "../network.ts";
import type { IsolatesWorld } from "./isolates-world.ts";

export interface EdgeClient {
  readonly name: string;
  readonly isAlive: boolean;
  /** What requests of this client tell of their fetches. */
  readonly events: NetworkEvents;
  readonly stats: Whisperr["stats"];
  /** One event, of `ada`. */
  track(more?: { readonly forbidden: true }): void;
  identify(): void;
  flush(): void;
  /** The handler of its one request has returned. */
  respond(): void;
  /** It is gone, with all it held. `mayBeSilent`: nobody could have told the app. */
  die(mayBeSilent: boolean): void;
  check(): void;
  readonly flushing: number;
}

export interface EdgeClientHost {
  readonly isShared: boolean;
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly fetch: FetchLike;
}

export type EdgeClientOptions = Pick<
  WhisperrEdgeOptions,
  "flushAt" | "flushIntervalMs" | "maxQueueSize" | "maxBatchSize" | "maxRetries" | "requestTimeoutMs"
>;

export function edgeClient(
  world: IsolatesWorld,
  name: string,
  options: EdgeClientOptions,
  host: EdgeClientHost,
): EdgeClient {
  const { time, books } = world;
  const all = { ...options, apiKey: API_KEY, baseUrl: BASE_URL };
  const resolved = resolveOptions(all, { maxQueueSize: 10_000 });
  const pacing = createPacing(resolved);
  // A request that ends may end a wait before its time, and the next one starts anew.
  pacing.hurry();
  let isAlive = true;
  let flushing = 0;
  let hasReported = false;
  const violate = (what: string) => books.violate(`${name} ${what}`);
  const watch = watchQueue(name, createMemoryOutbox(), resolved, books, () => isAlive);

  function onError({ type, message, count, reason }: WhisperrError): void {
    if (message.includes(API_KEY)) violate(`shows the key: ${message}`);
    if (type !== "dropped") hasReported = true;
    if (type === "retry_exhausted" || reason === "undeliverable") pacing.gaveUp();
    world.tell(`${name} reports ${type} ${count}: ${message}`);
  }
  let made: Made | undefined;
  /** At the first call, which is made in a request. */
  const client = () => {
    const { isShared, ...given } = host;
    made ??= (isShared ? shared : ofOneRequest)({ ...all, ...given, onError, outbox: watch.outbox });
    return made.client;
  };

  const self: EdgeClient = {
    name,
    get isAlive() {
      return isAlive;
    },
    get flushing() {
      return flushing;
    },
    stats: () => client().stats(),
    events: {
      sending(request) {
        world.touch(self);
        world.tell(`${name} sends ${request.recorded.text}`);
        const objection = pacing.objection(time.elapsedMs);
        const isProbe = watch.sending(request);
        if (objection !== undefined && !isProbe) violate(`sends ${objection}`);
      },
      answered({ answer }, rejected) {
        world.touch(self);
        world.tell(`${name} hears ${answer.status} ${answer.body}`);
        pacing.answered(answer, time.elapsedMs, time.wallMs);
        watch.answered(answer.status, rejected);
      },
      failed: () => pacing.failed(time.elapsedMs),
      ended: () => watch.ended(true),
      // At a timeout, or because its request is over: who knows.
      letGo: () => watch.ended(false),
      broken: violate,
    },
    track(more) {
      world.touch(self);
      const call = books.open("track", "ada", time.wallMs);
      watch.calling(call, () => client().track("ada", "seen", { n: call.number, ...more }));
    },
    identify() {
      world.touch(self);
      const call = books.open("identify", "ada", time.wallMs);
      watch.calling(call, () => client().identify("ada", { traits: { n: call.number } }));
    },
    flush() {
      flushing++;
      void client()
        .flush()
        .then(() => flushing--);
    },
    respond: () => made?.respond(),
    die(mayBeSilent) {
      if (!isAlive) return;
      isAlive = false;
      const left = watch.waiting().length;
      if (left > 0 && !mayBeSilent && !hasReported) violate(`ends with ${left} waiting, and says nothing`);
      for (const number of watch.waiting()) books.of(number).fate = "lost";
    },
    check() {
      if (isAlive) watch.check(client().stats());
    },
  };
  return self;
}

interface Made {
  readonly client: Whisperr;
  respond(): void;
}

function shared(options: WhisperrEdgeOptions): Made {
  return { client: createWhisperr(options), respond() {} };
}

function ofOneRequest({ waitUntil, ...options }: WhisperrEdgeOptions): Made {
  let client: Whisperr | undefined;
  let respond = () => {};
  const handler = withWhisperr<unknown, AnyEvents, unknown, WorkerContext, void>(
    (_request, _env, _context, whisperr) => {
      client = whisperr;
      return new Promise<void>((resolve) => {
        respond = resolve;
      });
    },
    () => options,
  );
  void handler(undefined, undefined, { waitUntil });
  return { client: client as unknown as Whisperr, respond };
}
