/** The app of the edge scenarios, whatever the platform: it tracks what its address says, and answers at once. */
import type { Whisperr, WhisperrError } from "@whisperr/edge";
import type { PlatformReport, WatchedPlatform } from "./watch-platform.ts";

export interface EdgeReport extends PlatformReport {
  errors: WhisperrError[];
}

/** What the app's clients reported, in this isolate. */
const errors: WhisperrError[] = [];

export const onError = (error: WhisperrError): void => void errors.push(error);

/**
 * `/plain` uses no SDK; `/track?user=ada&events=5` tracks, with a pause of a microtask in the middle, or with
 * `&apart` before each; with `&flush` it then waits for `flush()`, and for a timer of its own, with `&unawaited` it
 * flushes and waits for nothing; `/report` says what there is to know.
 */
export async function answer(
  address: string,
  client: () => Whisperr,
  platform: WatchedPlatform,
): Promise<Response> {
  const { pathname, searchParams } = new URL(address);
  if (pathname === "/report") return Response.json({ ...platform.report(), errors } satisfies EdgeReport);
  if (pathname === "/plain") return new Response("ok");
  const user = client().forUser(searchParams.get("user") ?? "ada");
  for (let number = 0; number < Number(searchParams.get("events") ?? 1); number++) {
    if (number === 2 || searchParams.has("apart")) await Promise.resolve();
    user.track("step_taken", { number });
  }
  if (searchParams.has("unawaited")) void client().flush();
  if (!searchParams.has("flush")) return new Response("ok");
  const result = await client().flush();
  await new Promise<void>((resolve) => void setTimeout(resolve, 1));
  return Response.json(result);
}
