/** One HTTP request per call, as an `Answer`: never throws, never follows a redirect, always ends. */
import { describeThrown } from "../events/refusal.ts";
import type { Batch } from "../events/wire.ts";
import type { Ports } from "../ports.ts";
import { type Answer, noAnswer } from "./outcome.ts";

export interface TransportOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Bounds one request, the answer's body included. */
  readonly requestTimeoutMs: number;
}

export interface RequestUnderWay {
  readonly answer: Promise<Answer>;
  /** Lets go of the connection, as the timeout does. */
  abort(): void;
}

export type Transport = (batch: Batch) => RequestUnderWay;

export function createTransport(
  { baseUrl, apiKey, requestTimeoutMs }: TransportOptions,
  ports: Ports,
): Transport {
  return ({ path, body }) => {
    // Called unbound: browsers and Workers refuse a fetch whose `this` is some other object.
    const { fetch, timers } = ports;
    const controller = ports.abortController();
    // The status is the verdict: once it is here, a body that breaks off or hangs takes nothing from it.
    let verdict: Answer | undefined;
    let abort = () => {};

    async function exchange(): Promise<Answer> {
      const response = await fetch(baseUrl + path, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-API-Key": apiKey },
        body,
        redirect: "manual",
        signal: controller.signal as never,
      });
      verdict = { status: response.status };
      try {
        // What the app gave as fetch may answer with less than a Response: all but the status can be done without.
        verdict = { ...verdict, retryAfter: textOf(response.headers?.get?.("retry-after")) };
        verdict = { ...verdict, body: textOf(await ports.readText(response)) };
      } catch {
        // Then that is all there is of it.
      }
      return verdict;
    }

    // Does not wait for fetch to notice: one that ignores its signal would go on for ever.
    const answer = new Promise<Answer>((resolve) => {
      abort = () => {
        controller.abort();
        resolve(verdict ?? noAnswer(`no answer within ${requestTimeoutMs} ms`));
      };
      exchange().then(resolve, (error: unknown) => resolve(noAnswer(describeThrown(error))));
    });
    const timer = timers.set(abort, requestTimeoutMs);
    void answer.then(() => timers.clear(timer));
    return { answer, abort };
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
