/** Executes one fault on one request. Deciding (ingest) and sending (connection) are handed in. */
import { type Answer, isSuccess, refusal, toResponse } from "./answer.ts";
import type { AfterHalf, Connection } from "./connection.ts";
import type { Fault } from "./fault.ts";
import type { Twist } from "./ingest.ts";
import { pause } from "./pause.ts";
import { readBody, readFirstBytes } from "./read-body.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import type { Entry } from "./recorder.ts";
import { pageAnswer, redirectAnswer, replacedAnswer, statusAnswer } from "./scripted-answer.ts";

export interface Exchange {
  request: Request;
  entry: Entry;
  /** Null where the runtime hands out no connection: the faults that need one are answered with 501. */
  connection: Connection | null;
  /** Aborts when the client leaves or the API closes. */
  signal: AbortSignal;
  process(twist?: Twist): Answer;
  /** Applied to everything that leaves as an HTTP answer. */
  decorate(answer: Answer): Answer;
  now(): number;
}

export async function playFault(fault: Fault, exchange: Exchange): Promise<Response> {
  if (fault.kind === "reset" && fault.when !== "after") {
    if (fault.when === "while") exchange.entry.bodyRead(await readFirstBytes(exchange.request));
    return reset(exchange);
  }
  const body = await readBody(exchange.request);
  if (body === null) return unheard(exchange, "aborted");
  exchange.entry.bodyRead(body);
  return playOnWholeRequest(fault, exchange);
}

async function playOnWholeRequest(fault: Fault, exchange: Exchange): Promise<Response> {
  const { entry, process } = exchange;
  switch (fault.kind) {
    case "ok":
      return respond(exchange, process());
    case "status":
      return respond(exchange, statusAnswer(fault, entry.request.index, exchange.now()));
    case "page":
      return respond(exchange, pageAnswer(fault), "refused");
    case "redirect":
      return respond(exchange, redirectAnswer(fault));
    case "reject":
      return respond(exchange, process({ rejectFirst: fault.count }));
    case "too-large":
    case "reject-batches-containing":
      return respond(exchange, process({ rule: fault }));
    case "firewall":
      if (!isDisliked(fault, entry.request)) return respond(exchange, process());
      return playOnWholeRequest(fault.by, fault.withoutCors ? { ...exchange, decorate: (a) => a } : exchange);
    case "accept-with-body": {
      const own = process();
      return respond(exchange, isSuccess(own) ? replacedAnswer(fault, own) : own);
    }
    case "delay":
      await pause(exchange.signal, fault.ms);
      return exchange.signal.aborted ? lose(exchange, process()) : respond(exchange, process());
    case "accept-and-lose-answer":
      return loseAnswer(exchange, fault.answer ?? "none");
    case "hang":
      await pause(exchange.signal);
      return unheard(exchange, "hung");
    case "reset":
      return reset(exchange);
    case "raw-answer":
      return sendRaw(exchange, fault.text);
    default:
      return fault satisfies never;
  }
}

function isDisliked(
  { containing, aboveBytes = Number.POSITIVE_INFINITY }: Extract<Fault, { kind: "firewall" }>,
  { body, text }: RecordedRequest,
): boolean {
  return body.byteLength > aboveBytes || (containing !== undefined && text.includes(containing));
}

export function respond(
  exchange: Exchange,
  answer: Answer,
  outcome: "stored" | "refused" = isSuccess(answer) ? "stored" : "refused",
): Response {
  exchange.entry.end(outcome, answer.status, answer);
  return toResponse(exchange.decorate(answer));
}

/** Nobody is there to read it: the response only satisfies whoever serves the app. */
function unheard({ entry }: Exchange, outcome: "aborted" | "hung"): Response {
  entry.end(outcome);
  return new Response(null, { status: 503 });
}

function lose(exchange: Exchange, answer: Answer): Response {
  exchange.entry.end(isSuccess(answer) ? "lost" : "refused", undefined, answer);
  return new Response(null, { status: 503 });
}

function reset(exchange: Exchange): Response {
  if (!exchange.connection) return needsConnection(exchange);
  exchange.entry.end("reset");
  return exchange.connection.reset();
}

function sendRaw(exchange: Exchange, text: string): Response {
  if (!exchange.connection) return needsConnection(exchange);
  exchange.entry.end("reset");
  return exchange.connection.sendRaw(text);
}

/** The request is over before anything leaves: a client may act on the status line alone. */
async function loseAnswer(exchange: Exchange, mode: "none" | AfterHalf): Promise<Response> {
  const { connection, entry } = exchange;
  if (!connection) return needsConnection(exchange);
  const answer = exchange.process();
  const outcome = isSuccess(answer) ? "lost" : "refused";
  entry.end(outcome, mode === "none" ? undefined : answer.status, answer);
  return mode === "none" ? connection.reset() : connection.sendHalf(exchange.decorate(answer), mode);
}

function needsConnection(exchange: Exchange): Response {
  const message = "This fault needs a connection, which this runtime does not hand out.";
  return respond(exchange, refusal(501, "fault_needs_connection", message, exchange.entry.request.index));
}
