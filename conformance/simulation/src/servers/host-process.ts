/** One process of a host: the real client with ports of the simulation. It may be shut down, and may die. */
import {
  createMemoryOutbox,
  createServerClient,
  type Ports,
  type ResolvedOptions,
  type ServerClient,
  type Stats,
  type WhisperrError,
  type WhisperrOptions,
} from "@whisperr/core";
import { API_KEY } from "../api.ts";
import type { Call } from "../judge/books.ts";
import { createPacing } from "../judge/pacing.ts";
import { type QueueWatch, watchQueue } from "../judge/queue-watch.ts";
import { network, type Signal } from "../network.ts";
import type { DiskOutbox } from "./disk.ts";
import { processTimers } from "./process-timers.ts";
import type { Host, ServersWorld } from "./servers-world.ts";

export interface HostProcess {
  readonly isAlive: boolean;
  readonly isEnding: boolean;
  readonly stats: () => Stats;
  call(kind: Call["kind"], userId: string, run: (client: ServerClient, number: number) => void): void;
  flush(): void;
  /** `null`: no deadline. The process ends when all is done. */
  shutdown(timeoutMs: number | null): void;
  crash(): void;
  /** Crashes instead of its next `writes`-th change of the disk. */
  crashAfter(writes: number): void;
  check(): void;
  /** `flush()` calls that wait. */
  readonly flushing: number;
}

export interface ProcessOptions {
  /** What the client is judged by. */
  readonly resolved: ResolvedOptions;
  /** What it goes by: the same, unless it is broken on purpose. */
  readonly told: ResolvedOptions;
}

/** Of what an app does with an error, this much is tracking it. */
const TRACKS_ERRORS = 0.3;

export function startProcess(
  world: ServersWorld,
  host: Host,
  options: WhisperrOptions,
  { resolved, told }: ProcessOptions,
): HostProcess {
  const { time, random, books } = world;
  const name = `${host.name}, process ${++host.processes},`;
  const pacing = createPacing(resolved);
  let isAlive = true;
  let isEnding = false;
  let crashIn = Number.POSITIVE_INFINITY;
  let flushing = 0;
  let sentAtMs = 0;
  let reported = 0;
  let isMade = false;
  const tracksErrors = world.tracksErrors();
  const violate = (what: string) => books.violate(`${name} ${what}`);
  const wallMs = () => time.wallMs + host.skewMs;

  const disk: DiskOutbox | undefined = host.disk?.open({
    get isAlive() {
      return isAlive;
    },
    mayWrite() {
      if (isAlive && crashIn-- <= 0) die();
      return isAlive;
    },
  });
  const watch: QueueWatch = watchQueue(name, disk ?? createMemoryOutbox(), resolved, books, () => isAlive);

  function die(): void {
    isAlive = false;
    const kept = new Set(host.kept());
    for (const number of watch.waiting()) if (!kept.has(number)) books.of(number).fate = "lost";
    world.tell(`${name} is gone`);
  }

  const timers = processTimers(world, (callback) => {
    if (!isAlive) return;
    world.touch(self);
    callback();
  });

  const send = network(
    {
      time,
      random,
      api: world.api,
      latencyMs: world.latencyMs,
      isOffline: () => host.isOffline,
      isAlive: () => isAlive,
      isDeaf: world.isDeaf,
    },
    {
      sending(request) {
        world.touch(self);
        world.tell(`${name} sends ${request.recorded.text}`);
        const objection = pacing.objection(time.elapsedMs);
        sentAtMs = time.elapsedMs;
        const isProbe = watch.sending(request);
        if (objection !== undefined && !isProbe) violate(`sends ${objection}`);
      },
      answered(reply, rejected) {
        world.touch(self);
        world.tell(`${name} hears ${reply.answer.status} ${reply.answer.body} ${reply.body}`);
        pacing.answered(reply.answer, time.elapsedMs, wallMs());
        watch.answered(reply.answer.status, rejected);
      },
      failed: () => pacing.failed(time.elapsedMs),
      ended: () => watch.ended(true),
      letGo(hasHead) {
        if (!hasHead) pacing.failed(time.elapsedMs);
        // A timeout makes do with what is there; a deadline of shutdown() does not ask.
        const isTimeout = time.elapsedMs - sentAtMs >= resolved.requestTimeoutMs;
        watch.ended(isTimeout && !isEnding);
      },
      broken: violate,
    },
  );

  function hear(text: string): void {
    if (text.includes(API_KEY)) violate(`shows the key: ${text}`);
  }

  function onError({ type, message, count = 0, reason }: WhisperrError): void {
    if (!isAlive) return;
    hear(message);
    if (type === "retry_exhausted" || reason === "undeliverable") pacing.gaveUp();
    world.tell(`${name} reports ${type} ${count}: ${message}`);
    if (type === "dropped") reported += count;
    if (isMade && world.tracksErrors() && random.chance(TRACKS_ERRORS))
      self.call("track", "app", (client, n) => client.track("app", "trouble_seen", { n }));
  }

  const ports: Ports = {
    nowMs: wallMs,
    timers: world.sabotage.timers?.(timers) ?? timers,
    random: random.next,
    uuid: random.uuid,
    fetch: world.sabotage.fetch?.(send) ?? send,
    inContext: (run) => run(),
    abortController: () => {
      const signal: Signal = { onabort() {} };
      return { signal, abort: () => signal.onabort() };
    },
    readText: (response) => response.text(),
    log: (_level, message) => hear(message),
  };
  const outbox = world.sabotage.outbox?.(watch.outbox) ?? watch.outbox;
  const { api: client } = createServerClient({ ...options, onError, outbox }, told, ports);
  isMade = true;

  function end(): void {
    if (!isAlive) return;
    if (timers.open > 0) violate(`has ${timers.open} timers left after shutdown()`);
    checkReports(client.stats());
    disk?.close();
    die();
  }

  function checkReports({ dropped }: Stats): void {
    const all = Object.values(dropped).reduce((sum, count) => sum + count, 0);
    // What is caused by an app's onError is counted, not reported.
    if (reported > all || (reported < all && !tracksErrors))
      violate(`reported ${reported} of ${all} dropped`);
  }

  const self: HostProcess = {
    get isAlive() {
      return isAlive;
    },
    get isEnding() {
      return isEnding;
    },
    get flushing() {
      return flushing;
    },
    stats: client.stats,
    call(kind, userId, run) {
      world.touch(self);
      const call = books.open(kind, userId, wallMs());
      watch.calling(call, () => run(client, call.number));
    },
    flush() {
      world.touch(self);
      flushing++;
      void client.flush().then(() => flushing--);
    },
    shutdown(timeoutMs) {
      world.touch(self);
      isEnding = true;
      pacing.hurry();
      const over = client.shutdown(timeoutMs === null ? {} : { timeoutMs });
      // After the last microtask of the client's: a process ends when nothing is left to do.
      void over.then(() => time.after(0, end));
    },
    crash: die,
    crashAfter(writes) {
      crashIn = writes;
    },
    check() {
      if (isAlive) watch.check(client.stats());
    },
  };
  return self;
}
