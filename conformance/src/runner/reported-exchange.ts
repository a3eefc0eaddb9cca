/** What the API saw of a case, cut down to what a reader of its failure needs: bounded, and without the key. */
import type { RecordedRequest } from "../api/index.ts";
import type { ReportedRequest, ReportedResult } from "../report/run-report.ts";
import { text, typesOf } from "./exchange.ts";

/** A case makes a handful of requests; an SDK that makes hundreds shows what is wrong in the first of them. */
const MAX_REQUESTS = 60;
const MAX_BODY_CHARACTERS = 4_000;
const SECRET_HEADERS = ["x-api-key", "authorization"];
const MASK = "•••";

/** When a case began: by performance.now(), and by the clock of its subject if that is virtual. */
export interface Beginning {
  realMs: number;
  virtualMs?: number;
}

export type ReportedExchange = Pick<ReportedResult, "exchange" | "moreRequests">;

export function reportedExchange(requests: readonly RecordedRequest[], since: Beginning): ReportedExchange {
  const exchange = requests.slice(0, MAX_REQUESTS).map((request) => reportedRequest(request, since));
  const moreRequests = requests.length - exchange.length;
  return { exchange, ...(moreRequests > 0 && { moreRequests }) };
}

function reportedRequest(request: RecordedRequest, since: Beginning): ReportedRequest {
  const { index, method, path, outcome, status, answer, overlapping, identify } = request;
  const { receivedRealMs = since.realMs, answeredRealMs, receivedAtMs } = request;
  return {
    index,
    atMs: rounded(receivedRealMs - since.realMs),
    ...(answeredRealMs !== undefined && { tookMs: rounded(answeredRealMs - receivedRealMs) }),
    ...(since.virtualMs !== undefined && { virtualMs: rounded(receivedAtMs - since.virtualMs) }),
    method,
    path,
    headers: masked(request.headers),
    body: request.text.slice(0, MAX_BODY_CHARACTERS),
    bodyBytes: request.body.byteLength,
    outcome,
    ...(status !== undefined && { status }),
    ...(answer && { answer: answer.text }),
    ...(answer?.retryAfter !== undefined && { retryAfter: answer.retryAfter }),
    overlapping,
    events: typesOf(request),
    ...(identify && { identify: text(identify.external_user_id) }),
  };
}

function masked(headers: RecordedRequest["headers"]): Record<string, string> {
  const entries = Object.entries(headers);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, SECRET_HEADERS.includes(name) ? MASK : value]),
  );
}

/** To a tenth of a millisecond: more is noise. */
function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
