/** A transport that records every request and answers when the test says so. */

import type { Batch } from "../src/events/wire.ts";
import type { Answer, Transport } from "../src/http/exchange.ts";

export interface RecordedRequest extends Batch {
  aborted: boolean;
  answered: boolean;
  answer(answer: Answer): void;
}

export interface ScriptedTransport {
  readonly transport: Transport;
  readonly requests: RecordedRequest[];
  /** Requests neither answered nor aborted. */
  open(): RecordedRequest[];
  /** Answers the one open request; throws unless there is exactly one. */
  answer(answer: Answer | number): void;
}

/** An HTTP answer; most tests only care about the status. */
export function http(status: number, body: unknown = "", retryAfter = ""): Answer {
  return { status, body: typeof body === "string" ? body : JSON.stringify(body), retryAfter };
}

/** `onRequest` sees each request the moment it is made. */
export function scriptedTransport(onRequest?: (request: RecordedRequest) => void): ScriptedTransport {
  const requests: RecordedRequest[] = [];
  const open = () => requests.filter((request) => !request.aborted && !request.answered);

  function transport(batch: Batch) {
    let resolve: (answer: Answer) => void = () => {};
    const answer = new Promise<Answer>((settle) => {
      resolve = settle;
    });
    const request: RecordedRequest = {
      ...batch,
      aborted: false,
      answered: false,
      answer(given) {
        request.answered = true;
        resolve(given);
      },
    };
    requests.push(request);
    onRequest?.(request);
    return {
      answer,
      abort: () => {
        request.aborted = true;
      },
    };
  }

  return {
    transport,
    requests,
    open,
    answer(answer) {
      const [request, ...others] = open();
      if (request === undefined || others.length > 0) throw new Error(`${open().length} requests are open`);
      request.answer(typeof answer === "number" ? http(answer) : answer);
    },
  };
}
