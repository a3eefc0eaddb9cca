/** What an endpoint decided, before anything is sent: faults may still hold it back, replace it or lose it. */

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Events of the batch that were counted as rejected. */
  readonly rejected: number;
}

const JSON_TYPE = "application/json";
const NULL_BODY_STATUSES = [204, 205, 304];

/** Browsers may send to any ingestion API: the key is publishable. What an SDK acts on must be readable. */
const CORS_HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "retry-after, date",
};

const PREFLIGHT_HEADERS = {
  ...CORS_HEADERS,
  "access-control-allow-methods": "POST, OPTIONS",
  "access-control-allow-headers": "content-type, x-api-key, authorization",
};

export function success(json: unknown, rejected = 0): Answer {
  return { status: 202, headers: { "content-type": JSON_TYPE }, body: JSON.stringify(json), rejected };
}

/** An error in the shape of CONTRACT section 4. */
export function refusal(status: number, code: string, message: string, requestIndex: number): Answer {
  const error = { code, message, request_id: `req_${requestIndex}` };
  return { status, headers: { "content-type": JSON_TYPE }, body: JSON.stringify({ error }), rejected: 0 };
}

export function isSuccess(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** The API's own clock; a server would put its machine's there. */
export function withDate(answer: Answer, nowMs: number): Answer {
  return { ...answer, headers: { date: new Date(nowMs).toUTCString(), ...answer.headers } };
}

export function withCors(answer: Answer): Answer {
  return { ...answer, headers: { ...CORS_HEADERS, ...answer.headers } };
}

/** `maxAge`: how many seconds a browser may remember it. */
export function preflightResponse(maxAge: number): Response {
  const headers = { ...PREFLIGHT_HEADERS, "access-control-max-age": String(maxAge) };
  return new Response(null, { status: 204, headers });
}

export function toResponse(answer: Answer): Response {
  const body = NULL_BODY_STATUSES.includes(answer.status) ? null : answer.body;
  return new Response(body, { status: answer.status, headers: answer.headers });
}
