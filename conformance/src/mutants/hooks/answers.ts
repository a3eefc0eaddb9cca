/** Mistakes about what an answer means. */
import type { How, SentRequest } from "../mutant.ts";

export const withAnswers =
  (edit: (answer: Response, request: SentRequest) => Response | Promise<Response>): How =>
  () => ({ fetch: async (request, send) => edit(await send(request), request) });

/** The same answer, its body unread, under another status. */
export function withStatus(answer: Response, status: number): Response {
  return Object.defineProperty(answer, "status", { value: status });
}

type Statuses = number | ((status: number, request: SentRequest) => boolean);

/** Takes one status for another. */
export const taking = (from: Statuses, to: number): How =>
  withAnswers((answer, request) => {
    const { status } = answer;
    const is = typeof from === "number" ? status === from : from(status, request);
    return is ? withStatus(answer, to) : answer;
  });

/** Reads a header as something else; null: not at all. */
export const readingHeader = (name: string, edit: (value: string, status: number) => string | null): How =>
  withAnswers((answer) => {
    const value = answer.headers.get(name);
    if (value === null) return answer;
    const headers = new Headers(answer.headers);
    const read = edit(value, answer.status);
    if (read === null) headers.delete(name);
    else headers.set(name, read);
    return Object.defineProperty(answer, "headers", { value: headers });
  });

export const readingRetryAfter = (edit: (value: string, status: number) => string | null): How =>
  readingHeader("retry-after", edit);

/** Reads the whole body, and passes on another. */
export async function withBody(answer: Response, edit: (text: string) => string): Promise<Response> {
  const text = await answer.text();
  const empty = [101, 204, 205, 304].includes(answer.status);
  const { status, headers } = answer;
  return withStatus(new Response(empty ? null : edit(text), { headers }), status);
}

/** An answer that no server gave. */
export const answered = (status: number, body: object = {}): Response =>
  withStatus(new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } }), status);
