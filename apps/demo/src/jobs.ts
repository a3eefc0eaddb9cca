/** The same customer on every other runtime: a program on each tracks one event for them. */
import { runtimes } from "@whisperr/runtimes";
import type { Ingestion } from "./ingestion-control.ts";
import { readTimeline, untilTimelineHas } from "./timeline.ts";

export const RUNTIME_NAMES: readonly string[] = runtimes.map(({ name }) => name);

/** One after the other, so that the order on the timeline is known. */
export async function runJobs(
  { url: baseUrl, controlUrl }: Ingestion,
  apiKey: string,
  user: string,
): Promise<void> {
  for (const { run } of runtimes) {
    const { length } = await readTimeline(controlUrl, user);
    const untilArrived = () => untilTimelineHas(controlUrl, user, length + 1);
    await run({ apiKey, baseUrl, user, untilArrived });
    await untilArrived();
  }
}
