/** The network of one process: requests travel, are answered or not, and may outlive who sent them. */
import type { FetchInit, FetchLike, FetchResponse } from "@whisperr/core";
import { API_KEY, type Reply, type SimulatedApi } from "./api.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { VirtualTime } from "./virtual-time.ts";
import { type Read, readRequest } from "./wire.ts";

export interface NetworkPorts {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly api: SimulatedApi;
  /** How long a request travels, or its answer. */
  readonly latencyMs: () => number;
  readonly isOffline: () => boolean;
  readonly isAlive: () => boolean;
  /** Some implementations of fetch ignore their signal. */
  readonly isDeaf: boolean;
}

/** What the process sees of its requests. */
export interface NetworkEvents {
  sending(request: Read): void;
  /** The head of an answer is there; `rejected`: what its body is going to say, 0 when that does not come. */
  answered(reply: Reply, rejected: number): void;
  /** No answer. */
  failed(): void;
  /** The request is over for its sender, with all of an answer, or without one. */
  ended(): void;
  /** The sender waits no longer. `hasHead`: an answer was there, but for its body. */
  letGo(hasHead: boolean): void;
  broken(what: string): void;
}

// Made once: what an error costs is the trace of where it was made.
const OFFLINE = new TypeError("failed to fetch: offline");
const RESET = new TypeError("failed to fetch: reset");
const ABORTED = new Error("aborted");

export const BASE_URL = "https://api.example";

/** A signal that costs nothing; core hands it on as it is. */
export interface Signal {
  onabort: () => void;
}

export function network(ports: NetworkPorts, events: NetworkEvents): FetchLike {
  const { time, random, api } = ports;

  let latest: Read | undefined;

  function read(url: string, init: FetchInit): Read | undefined {
    try {
      if (!url.startsWith(`${BASE_URL}/`)) throw new Error(`a request to ${url}`);
      if (init.redirect !== "manual") throw new Error("a request that follows redirects");
      const headers = {
        "content-type": init.headers["Content-Type"] ?? "",
        "x-api-key": init.headers["X-API-Key"] ?? "",
      };
      if (headers["x-api-key"] !== API_KEY) throw new Error("a request without the key");
      // Most requests of an outage are the one before, once more.
      if (latest?.recorded.text !== init.body || !url.endsWith(latest.path))
        latest = readRequest(url, headers, init.body);
      return latest;
    } catch (error) {
      events.broken(`made ${(error as Error).message}`);
      return undefined;
    }
  }

  function exchange(
    request: Read,
    init: FetchInit,
    resolve: (response: FetchResponse) => void,
    reject: (error: Error) => void,
  ): void {
    let isOver = false;
    let isCancelled = false;
    let hasHead = false;
    (init.signal as Signal).onabort = () => {
      if (isOver) return;
      isOver = true;
      events.letGo(hasHead);
      isCancelled = random.chance(0.5);
      if (!ports.isDeaf) reject(ABORTED);
    };

    function fail(why: Error): void {
      if (isOver || !ports.isAlive()) return;
      isOver = true;
      events.failed();
      events.ended();
      reject(why);
    }

    function deliver(reply: Reply): void {
      if (isOver || !ports.isAlive()) return;
      const { answer, body } = reply;
      events.answered(reply, body === "whole" ? answer.rejected : 0);
      hasHead = true;
      isOver = body !== "stalls";
      if (isOver) events.ended();
      resolve(responseOf(reply));
    }

    if (ports.isOffline()) return void time.after(1, () => fail(OFFLINE));
    time.after(ports.latencyMs(), () => {
      // What a process sent may arrive when it is dead.
      if (isCancelled || (!ports.isAlive() && random.chance(0.5))) return;
      const reply = api.take(request);
      if (reply.how === "hangs") return;
      time.after(ports.latencyMs(), () => (reply.how === "breaks" ? fail(RESET) : deliver(reply)));
    });
  }

  return (url, init) =>
    new Promise((resolve, reject) => {
      if (!ports.isAlive()) return;
      const request = read(url, init);
      if (request === undefined) return;
      events.sending(request);
      exchange(request, init, resolve, reject);
    });
}

function responseOf({ answer, body }: Reply): FetchResponse {
  const texts = {
    whole: () => Promise.resolve(answer.body),
    cut: () => Promise.reject(new Error("the body broke off")),
    stalls: () => new Promise<string>(() => {}),
  };
  return {
    status: answer.status,
    headers: { get: (name) => answer.headers[name] ?? null },
    text: texts[body],
  };
}
