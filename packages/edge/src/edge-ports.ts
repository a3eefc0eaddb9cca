/** What every edge runtime has, as ports. Nothing here is touched before a call needs it. */
import { type FetchLike, type Ports, webPorts } from "@whisperr/core";

/** `fetch`: the app's, in place of the platform's. */
export function edgePorts(given: FetchLike | null | undefined): Ports {
  return {
    ...webPorts(given),
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
  };
}
