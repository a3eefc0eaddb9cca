/**
 * Becomes `dist/loader.js`: a few hundred bytes that stand in for the script until it is loaded, and keep the calls made
 * meanwhile. Nothing here may fail, and a page whose visitors block the script goes on with it alone.
 */
import { MAX_WAITING_CALLS, METHODS, type WaitingCall } from "./calls.ts";

interface Stub {
  q: WaitingCall[];
  [method: string]: unknown;
}

const page = window as { whisperr?: Stub };

if (!page.whisperr) {
  const stub: Stub = { q: [] };
  page.whisperr = stub;
  for (const method of METHODS.split(" ")) {
    stub[method] = (...args: unknown[]) => {
      // By the last index, not by length: once loaded, the script puts a plain `{ push }` here.
      if (!stub.q[MAX_WAITING_CALLS - 1]) stub.q.push([method, args, Date.now()]);
    };
  }
}
