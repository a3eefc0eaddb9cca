/** Passes batches on to a platform's own queue, in place of requests to the API. */
import { type Client, type FetchLike, read } from "@whisperr/core";
import type { PlatformOutbox } from "./platform-outbox.ts";

/**
 * In place of `fetch`: each request hands over the operations that it carries. `too-large.ts` says what a
 * status is for. A hand-over cannot be called back, so what comes of a late one is a repetition.
 */
export function handOverFetch(platform: PlatformOutbox, client: Client): FetchLike {
  const { outbox } = client;
  const { append } = outbox;
  outbox.append = (operation) => {
    append(operation);
    platform.append?.(operation);
  };
  return async () => {
    try {
      const { offset, inFlight } = client;
      await platform.handOver(read(outbox, offset, inFlight), offset > 0);
      return new Response();
    } catch (error) {
      const { status, body } = Object(error);
      if (status !== 413) throw error;
      return new Response(body, { status });
    }
  };
}

export function isPlatformOutbox(outbox: unknown): outbox is PlatformOutbox {
  return typeof Object(outbox).handOver === "function";
}
