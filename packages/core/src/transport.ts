/** One HTTP request per call, as an `Answer`: never throws, never follows a redirect, always ends. */
import type { Answer } from "./outcome.ts";
import type { FetchResponse, Ports } from "./ports.ts";
import type { Batch } from "./wire.ts";

export interface TransportOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Bounds one request, the answer's body included. */
  readonly requestTimeoutMs: number;
}

export interface RequestUnderWay {
  readonly answer: Promise<Answer>;
  /** Lets go of the connection; the answer is then a failure. */
  abort(): void;
}

export type Transport = (batch: Batch) => RequestUnderWay;

export function createTransport(options: TransportOptions, ports: Ports): Transport {
  const { baseUrl, apiKey, requestTimeoutMs } = options;
  // Called unbound: browsers and Workers refuse a fetch whose `this` is some other object.
  const { fetch: send, timers } = ports;

  return ({ path, body }) => {
    const controller = ports.abortController();
    const init = {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-API-Key": apiKey },
      body,
      redirect: "manual",
      signal: controller.signal as never,
    } as const;

    let abort = () => {};
    const answer = new Promise<Answer>((resolve) => {
      // The status is the verdict: once it is here, a body that breaks off or hangs takes nothing from it.
      let verdict: Answer = { failure: `no answer within ${requestTimeoutMs} ms` };
      const timer = timers.set(() => {
        controller.abort();
        resolve(verdict);
      }, requestTimeoutMs);
      const end = (result: Answer) => {
        timers.clear(timer);
        resolve(result);
      };
      // Does not wait for fetch to notice: one that ignores its signal would leave the timer running.
      abort = () => {
        controller.abort();
        end({ failure: "the request was given up" });
      };

      async function exchange(): Promise<Answer> {
        const response = await send(baseUrl + path, init);
        verdict = { status: response.status, body: "", retryAfter: retryAfterOf(response) };
        return { ...verdict, body: await readText(response, ports.decode) };
      }

      exchange()
        .catch((error: unknown) => ({ failure: describeFailure(error) }))
        .then(end);
    });
    return { answer, abort };
  };
}

/** What the app gave as fetch may answer with less than a Response: all but the status can be done without. */
function retryAfterOf(response: FetchResponse): string | null {
  try {
    const header: unknown = response.headers.get("retry-after");
    return typeof header === "string" ? header : null;
  } catch {
    return null;
  }
}

/** What of an answer is read: far more than counts and an error's words take, whatever a server sends. */
const MAX_ANSWER_BYTES = 256 * 1024;

async function readText(response: FetchResponse, decode: Ports["decode"]): Promise<string> {
  try {
    const { body } = response;
    // Polyfills have bodies of other kinds, or none.
    if (typeof body?.getReader !== "function") return await response.text();
    const reader = body.getReader();
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      chunks.push(part.value);
      length += part.value.length;
      if (length <= MAX_ANSWER_BYTES) continue;
      reader.cancel().catch(() => {});
      break;
    }
    return decode(concatenate(chunks, length));
  } catch {
    return "";
  }
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** `fetch failed` says nothing; its cause does. */
function describeFailure(error: unknown): string {
  try {
    const { message, cause } = error as { message?: unknown; cause?: { message?: unknown; code?: unknown } };
    const reasons = [message, cause?.message || cause?.code].filter(
      (part) => typeof part === "string" && part !== "",
    );
    if (reasons.length > 0) return reasons.join(": ");
  } catch {
    // Whoever throws something unreadable gets the plain words.
  }
  return "the request failed";
}
