/**
 * Remembers every request. A request has *arrived* once its body was read (or will never be), and is *over* once
 * its outcome is known; waiting is offered for both, so that nobody has to sleep.
 */
import type { Answer } from "./answer.ts";
import { createAnswerCounter } from "./answer-counter.ts";
import type { AnswerCounts } from "./ingestion-api.ts";
import { parseBody } from "./parse-body.ts";
import type { Outcome, RecordedAnswer, RecordedRequest } from "./recorded-request.ts";
import { createTally, type Tally } from "./tally.ts";

/** Enough for any case and a demo; a process that runs for days must not grow by its requests. */
export const DEFAULT_MAX_RECORDED_REQUESTS = 10_000;

/** Bodies weigh more than requests: 500 full batches are remembered, 10,000 would not fit any machine. */
const MAX_RECORDED_BYTES = 256 * 1024 * 1024;

/** Scripts may answer with pages of HTML, of which the beginning tells enough. */
const MAX_ANSWER_CHARACTERS = 4_000;

export interface Recorder {
  readonly requests: readonly RecordedRequest[];
  begin(head: RequestHead): Entry;
  readonly arrived: Tally;
  readonly over: Tally;
  inFlight(): number;
  answerCounts(): AnswerCounts;
}

export interface RequestHead {
  method: string;
  path: string;
  headers: Record<string, string>;
}

export interface Entry {
  readonly request: RecordedRequest;
  /** The body as far as it was read. */
  bodyRead(body: Uint8Array): void;
  /** Settles the request; only the first time counts. `status` is the status line that left, if one did; `answer` what was meant to. */
  end(outcome: Outcome, status?: number, answer?: Answer): void;
}

type Draft = { -readonly [K in keyof RecordedRequest]: RecordedRequest[K] };

export function createRecorder(now: () => number, maxRequests: number, countedPaths: string[]): Recorder {
  const requests: Draft[] = [];
  const answers = createAnswerCounter(countedPaths);
  const arrived = createTally("requests arrived");
  const over = createTally("requests were answered");
  let begun = 0;
  let recordedBytes = 0;

  function forgetOldest(): void {
    while (requests.length > maxRequests || recordedBytes > MAX_RECORDED_BYTES) {
      recordedBytes -= requests.shift()?.body.byteLength ?? 0;
    }
  }

  function begin(head: RequestHead): Entry {
    const draft = newDraft(head, begun, now(), begun > over.count());
    begun += 1;
    let bodyKnown = false;
    let isOver = false;
    requests.push(draft);
    forgetOldest();

    function bodyRead(body: Uint8Array): void {
      Object.assign(draft, { body }, parseBody(body, pathname(head.path)));
      bodyKnown = true;
      recordedBytes += body.byteLength;
      forgetOldest();
      arrived.add();
    }

    function end(outcome: Outcome, status?: number, answer?: Answer): void {
      if (isOver) return;
      isOver = true;
      draft.outcome = outcome;
      if (answer) Object.assign(draft, { rejected: answer.rejected, answer: recordedAnswer(answer) });
      draft.answeredAtMs = now();
      draft.answeredRealMs = performance.now();
      if (status !== undefined) draft.status = status;
      answers.add(pathname(head.path), String(status ?? outcome));
      if (!bodyKnown) arrived.add();
      over.add();
    }

    return { request: draft, bodyRead, end };
  }

  const inFlight = () => begun - over.count();
  return { requests, begin, arrived, over, inFlight, answerCounts: answers.counts };
}

export function pathname(path: string): string {
  return path.split("?", 1)[0] ?? path;
}

function newDraft(head: RequestHead, index: number, receivedAtMs: number, overlapping: boolean): Draft {
  const body = new Uint8Array();
  return {
    index,
    ...head,
    body,
    text: "",
    events: [],
    receivedAtMs,
    receivedRealMs: performance.now(),
    outcome: "pending",
    rejected: 0,
    overlapping,
  };
}

function recordedAnswer({ body, headers }: Answer): RecordedAnswer {
  const [, retryAfter] = Object.entries(headers).find(([name]) => name.toLowerCase() === "retry-after") ?? [];
  return { text: body.slice(0, MAX_ANSWER_CHARACTERS), ...(retryAfter !== undefined && { retryAfter }) };
}
