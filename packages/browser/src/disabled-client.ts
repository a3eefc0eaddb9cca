/** A client that does nothing: for `disabled`, and for pages that are rendered on a server. */
import type { AnyEvents, EventMap } from "@whisperr/core";
import type { Whisperr } from "./create-whisperr.ts";

export function createDisabledClient<Events extends EventMap = AnyEvents>(): Whisperr<Events> {
  const nothing = () => {};
  const done = () => Promise.resolve({ delivered: 0, dropped: 0, pending: 0 });
  return {
    track: nothing,
    identify: nothing,
    page: nothing,
    optOut: nothing,
    optIn: nothing,
    setPushToken: nothing,
    setPushPermission: nothing,
    flush: done,
    reset: done,
    shutdown: done,
    stats: () => ({ accepted: 0, delivered: 0, dropped: {}, pending: 0 }),
  };
}
