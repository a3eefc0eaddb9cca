/**
 * Watches the fetch the SDK uses: how many requests it is not through with, body included. It can also hold answers
 * back, so that a case can act while a request is under way without racing against real time.
 */
import type { Idle } from "../protocol.ts";

export interface WatchedFetch {
  fetch: typeof globalThis.fetch;
  idle(): Omit<Idle, "nextTimerInMs">;
  hold(): void;
  release(): void;
}

interface WatchedRequest {
  /** 0 is the first one. */
  readonly number: number;
  readonly signal: AbortSignal | null | undefined;
}

export function watchFetch(
  realFetch: typeof globalThis.fetch,
  onRequest: (init: RequestInit | undefined) => void = () => {},
): WatchedFetch {
  /** The numbers of those in flight. */
  const running: number[] = [];
  let unheard = 0;
  let held = 0;
  let requests = 0;
  let gate: Promise<void> | undefined;
  let open: () => void = () => {};

  /** What is given up is no longer in flight, however long the runtime takes to say so. */
  async function counted<T>(one: WatchedRequest, work: () => Promise<T>): Promise<T> {
    running.push(one.number);
    try {
      return await Promise.race([work(), abortion(one.signal)]);
    } finally {
      running.splice(running.indexOf(one.number), 1);
    }
  }

  /** Waits for `release`, or fails as fetch would when the SDK gives up meanwhile. */
  async function passGate(signal: AbortSignal | null | undefined): Promise<void> {
    if (!gate) return;
    held++;
    try {
      await Promise.race([gate, abortion(signal)]);
    } finally {
      held--;
    }
  }

  return {
    fetch: (input, init) => {
      const one = { number: requests++, signal: init?.signal };
      onRequest(init);
      return counted(one, async () => {
        unheard++;
        const answer = Promise.race([realFetch(input, init), abortion(one.signal)]);
        const response = await answer.finally(() => unheard--);
        await passGate(one.signal);
        return watchBody(response, (read) => counted(one, read));
      });
    },
    idle: () => ({
      inFlight: running.length,
      held,
      unheard,
      requests,
      span: running.length === 0 ? 0 : requests - Math.min(...running),
    }),
    hold() {
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    release() {
      gate = undefined;
      open();
    },
  };
}

function abortion(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

type Counted = <T>(work: () => Promise<T>) => Promise<T>;

/** Counts the reading of a body as part of the request, whichever way the SDK reads it. */
function watchBody(response: Response, counted: Counted): Response {
  for (const name of ["text", "json", "arrayBuffer", "blob"] as const) {
    const read = response[name].bind(response);
    Object.defineProperty(response, name, { value: () => counted<unknown>(read) });
  }
  const body = response.body;
  if (!body) return response;
  const getReader = body.getReader.bind(body) as () => ReadableStreamDefaultReader<Uint8Array>;
  const watchedReader = () => {
    const reader = getReader();
    const read = reader.read.bind(reader);
    return Object.assign(reader, { read: () => counted(read) });
  };
  Object.defineProperty(body, "getReader", { value: watchedReader });
  return response;
}
