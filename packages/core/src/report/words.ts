/** In the place of `sentences.ts`: visitors pay for every word with every page. */
import type * as sentences from "./sentences.ts";

export function explain(
  ...[what, count, isElsewhere, secondsAhead]: Parameters<typeof sentences.explain>
): string {
  const clock = `: clock ${Math.abs(secondsAhead)} s ${secondsAhead > 0 ? "ahead" : "behind"}`;
  return (
    what + (count ? `: ${count}` : "") + (isElsewhere ? ", check baseUrl" : "") + (secondsAhead ? clock : "")
  );
}

export const ONLY_ONCE: string = "";
