/** The requests of a scenario as text, one line each: what a failed scenario is understood from. */
import type { RecordedRequest } from "@whisperr/conformance/api";

const MAX_LINES = 60;

export function describeTraffic(requests: readonly RecordedRequest[]): string {
  const start = requests[0]?.receivedAtMs ?? 0;
  const lines = requests.slice(0, MAX_LINES).map((request) => {
    const { index, receivedAtMs, answeredAtMs, outcome, status } = request;
    const answered = answeredAtMs === undefined ? "open" : `${answeredAtMs - start} ms`;
    const page = pageOf(request);
    return `#${index} page ${page}, ${receivedAtMs - start} ms to ${answered}, ${status ?? "no"} ${outcome}: ${contents(request)}`;
  });
  if (requests.length > MAX_LINES) lines.push(`… ${requests.length - MAX_LINES} more`);
  return lines.join("\n");
}

/** Pages carry their number in their address. */
function pageOf({ headers }: RecordedRequest): string {
  return /[?&]page=(\d+)/.exec(headers.referer ?? "")?.[1] ?? "unknown";
}

/** Runs of a chain as "tab 1 3–7". */
function contents({ events, identify }: RecordedRequest): string {
  if (identify) return `identify ${String(identify.external_user_id)}`;
  const runs: { chain: string; from: number; to: number }[] = [];
  for (const { properties } of events) {
    const { chain, n } = properties as { chain?: string; n?: number };
    const last = runs.at(-1);
    if (last && last.chain === chain && n === last.to + 1) last.to = n;
    else runs.push({ chain: String(chain), from: Number(n), to: Number(n) });
  }
  return runs.map(({ chain, from, to }) => `${chain} ${from}–${to}`).join(", ");
}
