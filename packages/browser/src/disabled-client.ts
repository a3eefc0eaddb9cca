/** A client that does nothing: for `disabled`, and for pages that are rendered on a server. */
import type { PageCalls } from "./page/client.ts";

export const nothing = () => {};
const done = async () => ({ delivered: 0, dropped: 0, pending: 0 });

export const createDisabledClient = (): PageCalls => ({
  track: nothing,
  identify: nothing,
  page: nothing,
  optOut: nothing,
  optIn: nothing,
  flush: done,
  reset: done,
  shutdown: done,
  stats: () => ({ accepted: 0, delivered: 0, dropped: {}, pending: 0 }),
});
