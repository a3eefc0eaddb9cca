/** What every edge runtime has, as ports. Nothing here is touched before a call needs it. */
import { type FetchLike, type Ports, readBoundedText } from "@whisperr/core";
import { nowMs, timers } from "./clock.ts";

/** `fetch`: the app's, in place of the platform's. */
export function webPorts(given: FetchLike | null | undefined): Ports {
  return {
    nowMs,
    timers,
    random: () => Math.random(),
    uuid: () => crypto.randomUUID(),
    fetch: given ?? ((url, init) => fetch(url, init)),
    abortController() {
      const controller = new AbortController();
      return {
        signal: controller.signal,
        abort() {
          try {
            controller.abort();
          } catch {
            // It belongs to another request, which is over, and its connection with it.
          }
        },
      };
    },
    readText: (response) => readBoundedText(response, (bytes) => new TextDecoder().decode(bytes)),
    log: (level, message) => console[level](message),
  };
}
