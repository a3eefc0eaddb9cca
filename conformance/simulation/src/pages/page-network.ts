/** The network of one page: its requests may outlive it, be lost with it, or be answered when nobody listens. */

import { IDENTIFY_PATH } from "@whisperr/conformance/api";
import type { FetchInit, FetchLike, FetchResponse } from "@whisperr/core";
import { API_KEY, type Reply, type SimulatedApi } from "../api.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { VirtualTime } from "../virtual-time.ts";
import { readRequest, type Sent } from "../wire.ts";

/** One request, as all that watches it sees it. */
export interface Request {
  readonly operations: readonly Sent[];
  /** The newest may be said again after an older one. */
  readonly isIdentify: boolean;
  readonly keepalive: boolean;
  /** The page waits no longer: answered, or let go of. */
  isOver: boolean;
  /** Not on its way any more: it never arrives. */
  isCancelled: boolean;
  /** The page has let go of it, and it may arrive all the same, behind what the page sends next. */
  isLetGo?: boolean;
}

export interface NetworkEvents {
  sent(request: Request): void;
  /** It did not even leave. */
  unsent(operations: readonly Sent[]): void;
  /** The page has got the answer that everything was taken. */
  acknowledged(request: Request): void;
}

export interface NetworkPorts {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly api: SimulatedApi;
  /** How long a request, and its answer, travel. */
  readonly latencyMs: () => number;
  readonly isOffline: () => boolean;
  /** Runs `task` when the page can: at once, when it is thawed, or never. */
  readonly whenAwake: (task: () => void) => void;
  readonly isAlive: () => boolean;
}

interface Waiting {
  readonly reject: (error: Error) => void;
  readonly bytes: number;
}

export interface PageNetwork {
  readonly fetch: FetchLike;
  /** The page is gone: what was not meant to outlive it is lost, unless it is out already. */
  end(crashed: boolean): void;
  /** Some browsers end what is under way when they freeze a page. */
  breakOff(): void;
}

const HEADERS = { "content-type": "application/json", "x-api-key": API_KEY };

/** What browsers let a page have under way with `keepalive`. */
const KEEPALIVE_BYTES = 65_536;

export function pageNetwork(ports: NetworkPorts, events: NetworkEvents): PageNetwork {
  const { time, random, api, whenAwake } = ports;
  const open = new Map<Request, Waiting>();

  function fetch(url: string, init: FetchInit): Promise<FetchResponse> {
    return new Promise((resolve, reject) => {
      if (!ports.isAlive()) return;
      const bytes = Buffer.byteLength(init.body);
      const keepalive = init.keepalive === true;
      const read = readRequest(url, HEADERS, init.body);
      const { operations, path } = read;
      const isOver = keepalive && keptAlive() + bytes > KEEPALIVE_BYTES;
      if (isOver || ports.isOffline()) {
        events.unsent(operations);
        return fail(reject, isOver ? "over the keepalive budget" : "offline");
      }
      const isIdentify = path === IDENTIFY_PATH;
      const request: Request = { operations, isIdentify, keepalive, isOver: false, isCancelled: false };
      open.set(request, { reject, bytes });
      events.sent(request);
      (init.signal as AbortSignal).addEventListener("abort", () => letGo(request, random.chance(0.5)));
      time.after(ports.latencyMs(), () => {
        if (request.isCancelled) return;
        if (request.isLetGo) api.stragglers++;
        const reply = api.take(read);
        if (reply.how === "hangs") return;
        time.after(ports.latencyMs(), () => whenAwake(() => deliver(request, reply, resolve)));
      });
    });
  }

  function keptAlive(): number {
    return [...open].reduce((sum, [{ keepalive }, { bytes }]) => sum + (keepalive ? bytes : 0), 0);
  }

  function fail(reject: (error: Error) => void, why: string): void {
    time.after(1, () => whenAwake(() => reject(new TypeError(`failed to fetch: ${why}`))));
  }

  function deliver(
    request: Request,
    { how, answer }: Reply,
    resolve: (response: FetchResponse) => void,
  ): void {
    if (request.isOver) return;
    if (how === "breaks") return letGo(request, false);
    request.isOver = true;
    open.delete(request);
    if (answer.status === 202) events.acknowledged(request);
    resolve({
      status: answer.status,
      headers: { get: (name) => answer.headers[name] ?? null },
      text: () => Promise.resolve(answer.body),
    });
  }

  function letGo(request: Request, isCancelled: boolean): void {
    const waiting = open.get(request);
    open.delete(request);
    request.isOver = request.isLetGo = true;
    request.isCancelled ||= isCancelled;
    waiting?.reject(new TypeError("failed to fetch"));
  }

  return {
    fetch,
    end(crashed) {
      for (const request of open.keys()) {
        request.isOver = true;
        const survives = request.keepalive && !(crashed && random.chance(0.3));
        request.isCancelled ||= !survives && random.chance(0.7);
      }
      open.clear();
    },
    breakOff() {
      for (const request of [...open.keys()])
        whenAwake(() => request.isOver || letGo(request, random.chance(0.5)));
    },
  };
}
