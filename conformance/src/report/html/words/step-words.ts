/** The steps of a case, as a person would tell them: words, and `code` where it is what the app or the SDK says. */
import { html } from "hono/html";
import type { Step } from "../../../case.ts";
import { CALL_NAMES, type Call, type Signal } from "../../../protocol.ts";
import type { Html } from "../html.ts";
import { duration, grouped } from "./duration.ts";
import { expectationList } from "./expectation-words.ts";
import { faultWords } from "./fault-words.ts";
import { writtenPattern } from "./written-value.ts";

export function stepWords(step: Step): Html {
  if ("calls" in step)
    return html`in one turn${during(step)}: ${step.calls.map((call) => html`${callCode(call)} `)}`;
  const timeout =
    "timeoutMs" in step && step.timeoutMs !== undefined ? `{ timeoutMs: ${step.timeoutMs} }` : "";
  if ("flush" in step)
    return html`<code>flush(${timeout})</code> starts${during(step)}, as <i>${step.flush}</i>`;
  if ("shutdown" in step) return html`<code>shutdown(${timeout})</code> starts, as <i>${step.shutdown}</i>`;
  if ("settled" in step) return html`<i>${step.settled}</i> has resolved`;
  if ("pending" in step) return html`<i>${step.pending}</i> has not resolved yet`;
  if ("advance" in step) return html`${duration(step.advance)} pass`;
  if ("jump" in step) return jumpWords(step.jump);
  if ("reload" in step) return reloadWords(step.reload);
  if ("elsewhere" in step)
    return html`on another page of the device: ${step.elsewhere.map((call) => html`${callCode(call)} `)}`;
  if ("close" in step) return html`the other page goes away`;
  if ("navigate" in step)
    return html`the page goes to <code>${step.navigate}</code> without being loaded again`;
  if ("cut" in step) return html`the platform ends the request <i>${step.cut}</i>`;
  if ("signal" in step) return html`${SIGNAL_WORDS[step.signal]}`;
  if ("hold" in step) return html`answers are held back from now on`;
  if ("release" in step) return html`held answers reach the SDK, later ones too`;
  if ("mutate" in step) return mutateWords(step.mutate);
  if ("play" in step) return html`next, the API ${step.play.map(faultWords).join("; then ")}`;
  if ("default" in step) return standingWords(step.default);
  if ("check" in step) return html`by now: ${expectationList(step.check)}`;
  if ("exit" in step) return exitWords(step.exit);
  return callCode(step);
}

function during(step: { during?: string }): Html {
  return step.during === undefined ? html`` : html` of the request <i>${step.during}</i>`;
}

const SIGNAL_WORDS: Record<Signal, string> = {
  hidden: "the app goes out of sight",
  shown: "the app is seen again",
  online: "the network is back",
  frozen: "the page is kept for the visitor's way back",
  thawed: "the page goes on where it was",
};

function jumpWords(ms: number): Html {
  if (ms < 0) return html`the clock is set back by ${duration(-ms)}, timers are not`;
  return html`the device sleeps for ${duration(ms)}: the clock moves, timers do not`;
}

function reloadWords(how: Extract<Step, { reload: unknown }>["reload"]): Html {
  if (how === true) return html`the page goes away and comes back`;
  return html`the page goes away and comes back with <code>${writtenPattern(how.options)}</code>`;
}

function callCode(call: Call): Html {
  const bound = call.forUser === undefined ? "" : `forUser(${writtenPattern(call.forUser)}).`;
  const made = CALL_NAMES.filter((name) => call[name] !== undefined).map(
    (name) => `${bound}${name}(${call[name]?.map(writtenPattern).join(", ")})`,
  );
  const times = call.repeat === undefined ? "" : html` × ${grouped(call.repeat)}`;
  return html`<code>${made.join("; ")}</code>${times}`;
}

function mutateWords({ argument, path = [], set }: Extract<Step, { mutate: unknown }>["mutate"]): Html {
  const place = path.length === 0 ? "" : html`, at <code>${path.join(".")}</code>`;
  return html`the app changes argument ${argument + 1} of its latest call${place}: <code>${writtenPattern(set)}</code>`;
}

function standingWords(fault: Extract<Step, { default: unknown }>["default"]): Html {
  return html`from now on the API ${fault === null ? "answers as usual" : faultWords(fault)}`;
}

function exitWords({ code }: Extract<Step, { exit: unknown }>["exit"]): Html {
  return html`the process is left to end by itself${code === undefined ? "" : `, with exit code ${code}`}`;
}
