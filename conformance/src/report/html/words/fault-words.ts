/** What the mock API does to a request, in words. */
import type { Fault, RetryAfter } from "../../../api/index.ts";
import { duration, grouped } from "./duration.ts";
import { writtenValue } from "./written-value.ts";

export function faultWords(fault: Fault): string {
  switch (fault.kind) {
    case "ok":
      return "answers as usual";
    case "status":
      return statusWords(fault);
    case "delay":
      return `answers after ${duration(fault.ms)}`;
    case "reset":
      return `resets the connection ${fault.when} reading the body`;
    case "accept-and-lose-answer":
      return `stores it, but ${LOST_ANSWERS[fault.answer ?? "none"]}`;
    case "accept-with-body":
      return `stores it and answers ${fault.status ?? "2xx"} with ${JSON.stringify(fault.body)}`;
    case "reject":
      return `counts the first ${fault.count} events as rejected`;
    case "too-large":
      return `answers 413 above ${[
        ...(fault.aboveEvents === undefined ? [] : [`${fault.aboveEvents} events`]),
        ...(fault.aboveBytes === undefined ? [] : [`${grouped(fault.aboveBytes)} bytes`]),
      ].join(" or ")}`;
    case "reject-batches-containing":
      return `answers 400 to a batch with an event whose ${fault.key} is ${writtenValue(fault.value)}`;
    case "firewall":
      return firewallWords(fault);
    case "hang":
      return "never answers";
    case "page":
      return `answers ${fault.status ?? 200} with a page for people, and stores nothing`;
    case "redirect":
      return `answers ${fault.status} to ${fault.location}`;
    case "raw-answer":
      return `answers ${JSON.stringify(fault.text)}, which is not HTTP`;
    default:
      return unknownFault(fault);
  }
}

function firewallWords(fault: Extract<Fault, { kind: "firewall" }>): string {
  const dislikes = [
    ...(fault.containing === undefined ? [] : [`what contains ${JSON.stringify(fault.containing)}`]),
    ...(fault.aboveBytes === undefined ? [] : [`more than ${grouped(fault.aboveBytes)} bytes`]),
  ].join(" or ");
  const cors = fault.withoutCors ? ", which a browser may not read" : "";
  return `lets all but ${dislikes} through, and that ${faultWords(fault.by)}${cors}`;
}

const LOST_ANSWERS = {
  none: "its answer never leaves",
  cut: "its answer is cut off",
  stall: "its answer stops halfway",
  endless: "its answer never ends",
};

function statusWords(fault: Extract<Fault, { kind: "status" }>): string {
  const body = fault.json ?? fault.html ?? fault.body;
  return [
    `answers ${fault.status}`,
    ...(fault.retryAfter ? [`Retry-After: ${retryAfterWords(fault.retryAfter)}`] : []),
    ...Object.entries(fault.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`body ${writtenValue(body)}`]),
  ].join(", ");
}

function retryAfterWords(retryAfter: RetryAfter): string {
  return "seconds" in retryAfter
    ? `${retryAfter.seconds}`
    : `the date ${duration(Math.abs(retryAfter.dateInMs))} ${retryAfter.dateInMs < 0 ? "ago" : "from then"}`;
}

/** A report may come from a newer suite than the one that shows it. */
function unknownFault(fault: never): string {
  return writtenValue(fault);
}
