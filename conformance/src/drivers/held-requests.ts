/** Incoming requests, as the SDK sees them: it finds the `waitUntil` of the one it is called in. */
import type { Holds, WaitUntilKind } from "../protocol.ts";

export interface Holding {
  /** By incoming request: what was given to its `waitUntil` so far. */
  readonly holds: Record<string, Holds>;
  during(request: string): void;
  /** What the app gives to the SDK. */
  options(kind: WaitUntilKind): { waitUntil?: (promise: Promise<unknown>) => void };
}

/** `platform`: the real one, of the request that the driver lives in. */
export function holdRequests(platform: (promise: Promise<unknown>) => void): Holding {
  const holds: Record<string, Holds> = {};
  let current = "";

  function waitUntil(promise: Promise<unknown>): void {
    holds[current] ??= { given: 0, open: 0 };
    const request = holds[current] as Holds;
    request.given++;
    request.open++;
    const over = () => void request.open--;
    promise.then(over, over);
    platform(promise);
  }

  return {
    holds,
    during(request) {
      current = request;
    },
    options(kind) {
      if (kind === "absent") return {};
      if (kind === "works") return { waitUntil };
      return {
        waitUntil() {
          throw new Error("this request is over");
        },
      };
    },
  };
}
