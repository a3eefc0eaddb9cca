/** When pages went away. Some moment between being told to and being gone, a page stops hearing answers. */
import type { RecordedRequest } from "@whisperr/conformance/api";

/** By address, each end as the moments before and after the browser was told. A tab that is reloaded ends several times. */
export type PageEnds = Map<string, { fromMs: number; toMs: number }[]>;

/** What a page sends as it goes arrives when the browser may have said long ago that it is gone: it is sent by another process. */
const ON_ITS_WAY_MS = 2_000;

/** Runs what ends the page at `address`, and notes when. */
export async function noteEnd(ends: PageEnds, address: string, ending: () => Promise<void>): Promise<void> {
  const end = { fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY };
  ends.set(address, [...(ends.get(address) ?? []), end]);
  await ending();
  end.toMs = Date.now();
}

/** May the page that sent the request have ended between the two moments, or just before? */
export function mayHaveEnded(
  ends: PageEnds,
  { headers }: RecordedRequest,
  fromMs: number,
  toMs: number,
): boolean {
  const own = ends.get(headers.referer ?? "") ?? [];
  return own.some((end) => end.fromMs <= toMs && end.toMs + ON_ITS_WAY_MS >= fromMs);
}
