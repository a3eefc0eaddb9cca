/**
 * One request that an isolate serves. Platforms tie timers and fetches to the request that made them: when it is over,
 * they are gone without a word.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { FetchLike } from "@whisperr/core";
import { type NetworkEvents, network } from "../network.ts";
import type { IsolatesWorld } from "./isolates-world.ts";

export interface IncomingRequest {
  readonly name: string;
  readonly isOver: boolean;
  readonly fetch: FetchLike;
  waitUntil(promise: Promise<unknown>): void;
  setTimer(callback: () => void, delayMs: number): () => void;
  /** The app's handler has returned. */
  respond(): void;
  /** Its platform ends it, whatever it still does. */
  kill(): void;
}

/** In which request code runs, as the runtimes of platforms know it. */
export const inRequest: AsyncLocalStorage<IncomingRequest> = new AsyncLocalStorage();

/** What platforms give a request after its response. */
const LIMIT_MS = 30_000;

/** `onOver`: nothing of it goes on. */
export function incomingRequest(
  world: IsolatesWorld,
  name: string,
  events: NetworkEvents,
  onOver: (isKilled: boolean) => void,
): IncomingRequest {
  const { time, random, api } = world;
  let waits = 1;
  let isOver = false;
  const send = network(
    {
      time,
      random,
      api,
      latencyMs: world.latencyMs,
      isOffline: () => false,
      isAlive: () => !isOver,
      isDeaf: false,
    },
    events,
  );

  function end(isKilled: boolean): void {
    if (isOver) return;
    isOver = true;
    world.tell(`${name} is over`);
    onOver(isKilled);
  }

  function letGo(): void {
    // Whatever follows at once still belongs to it.
    if (--waits === 0) time.after(0, () => waits === 0 && end(false));
  }

  const self: IncomingRequest = {
    name,
    get isOver() {
      return isOver;
    },
    fetch: send,
    waitUntil(promise) {
      if (isOver) throw new Error("the request is over");
      if (world.ignoresWaitUntil) return;
      waits++;
      void promise.then(letGo, letGo);
    },
    setTimer(callback, delayMs) {
      return time.after(delayMs, () => {
        if (!isOver) inRequest.run(self, callback);
      });
    },
    respond() {
      letGo();
      time.after(LIMIT_MS, () => {
        if (isOver) return;
        world.books.violate(`${name} was held for longer than ${LIMIT_MS} ms`);
        end(true);
      });
    },
    kill: () => end(true),
  };
  return self;
}
