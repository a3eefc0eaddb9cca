/** One case on one subject: set the stage, play the steps, judge what the API saw, then what the SDK says, then the rules. */

import type { Case, Step } from "../case.ts";
import type { Expectations } from "../expectations.ts";
import type { Ledger } from "../invariants/ledger.ts";
import { messageOf } from "../message-of.ts";
import { CLOSING, type Leftovers, type Observation } from "../protocol.ts";
import { type Scene, unmetExpectations } from "./expectations.ts";
import { brokenInvariants, type Evidence, type KnownCall } from "./invariants.ts";
import { knownCalls } from "./known-calls.ts";
import { type ReportedExchange, reportedExchange } from "./reported-exchange.ts";
import { formOf, KEY, type Stage, setStage } from "./stage.ts";
import { type Played, playSteps } from "./steps.ts";
import type { ClockKind, SubjectProcess } from "./subject-process.ts";

export interface CaseOutcome extends ReportedExchange {
  problems: string[];
}

/** How long the closing shutdown may take, in virtual time: whatever hangs or backs off, the deadline ends it. */
const CLOSING_DEADLINE_MS = 1_000;
/** Longer than any timer a client can still have after that. */
const AFTERMATH_MS = 120_000;

export async function runCase(
  theCase: Case,
  process: SubjectProcess,
  clock: ClockKind,
): Promise<CaseOutcome> {
  const stage = await setStage(theCase, process, clock);
  const { api, since } = stage;
  try {
    const problems = await problemsOf(theCase, stage).catch((error: unknown) => [
      `the case could not be played: ${messageOf(error)}`,
    ]);
    const strangers = problems.length > 0 ? api.turnedAway : [];
    const told = strangers.map((why) => `the API turned a request away: ${why}`);
    return { problems: [...problems, ...told], ...reportedExchange(api.requests, since) };
  } finally {
    await stage.close();
  }
}

async function problemsOf(theCase: Case, stage: Stage): Promise<string[]> {
  const { creationError } = stage;
  // Its steps have no client then: what they would complain of is not what is wrong.
  if (creationError !== undefined && theCase.expect.creationError === undefined)
    return [`the SDK refused to be created: ${creationError}`];
  const played = await playSteps(theCase.steps, stage);
  const problems = played.exit ? judgeEnded(theCase, stage, played) : judgeLive(theCase, stage, played);
  return [...played.problems, ...(await problems)];
}

async function judgeLive(theCase: Case, stage: Stage, played: Played): Promise<string[]> {
  const scene = await stage.scene(played.names);
  const problems = unmetExpectations(withoutErrors(theCase.expect), scene);
  const created = scene.creationError === undefined;
  if (created) problems.push(...(await closeClient(stage)));
  const after = await stage.scene([]);
  const leftovers = await stage.send({ do: "leftovers" });
  return [...problems, ...brokenInvariants(evidenceOf(theCase, stage, after, leftovers))];
}

/** Its process has ended, so only what the API saw and what it printed can be judged. */
function judgeEnded(theCase: Case, stage: Stage, played: Played): Promise<string[]> {
  const observation: Observation = { stats: null, errors: [], output: [stage.process.output()], thrown: [] };
  const { api, otherOrigin } = stage;
  const scene: Scene = {
    api,
    otherOrigin,
    observation,
    results: {},
    ...(played.exit && { exit: played.exit }),
  };
  const problems = unmetExpectations(theCase.expect, scene);
  return Promise.resolve([...problems, ...brokenInvariants(evidenceOf(theCase, stage, scene, undefined))]);
}

/** A case that says nothing about errors expects none. */
function withoutErrors(expected: Expectations): Expectations {
  return { errors: [], ...expected };
}

/** Every client is shut down at the end, whatever state it is in, and must stay silent from then on. */
async function closeClient(stage: Stage): Promise<string[]> {
  const name = CLOSING;
  await stage.send({ do: "release" });
  await stage.send({ do: "shutdown", name, timeoutMs: CLOSING_DEADLINE_MS });
  await stage.settle();
  await stage.advance(CLOSING_DEADLINE_MS);
  await stage.settle();
  const { state } = await stage.collect(name);
  // Now, not after what follows: a timer that is left would have fired by then.
  const { timers } = await stage.send({ do: "leftovers" });
  const before = stage.api.requests.length;
  await stage.advance(AFTERMATH_MS);
  await stage.settle();
  const problems: string[] = [];
  if (state !== "fulfilled") problems.push(`shutdown with a deadline is ${state} after its deadline`);
  if (timers > 0) problems.push(`${timers} timers are set after shutdown has ended`);
  if (stage.api.requests.length > before) problems.push("a request was made after shutdown had ended");
  return problems;
}

function hasQueueOfItsOwn(step: Step): boolean {
  return "elsewhere" in step || ("reload" in step && step.reload !== true);
}

/** Whose an event is, the app's own beforeSend may have changed. */
function asSent(calls: KnownCall[], { client }: Case): KnownCall[] {
  const { of } = Object(client?.options?.beforeSend) as { of?: unknown };
  return of === "changes-user" ? calls.map((call) => ({ ...call, userId: undefined })) : calls;
}

function evidenceOf(theCase: Case, stage: Stage, scene: Scene, leftovers: Leftovers | undefined): Evidence {
  const { stats, errors, output, thrown } = scene.observation;
  const elsewhere = stage.otherOrigin.requests.map(
    ({ headers, text }) => `${JSON.stringify(headers)} ${text}`,
  );
  const creation = stage.creationError === undefined ? [] : [stage.creationError];
  const form = formOf(theCase);
  return {
    requests: stage.past.asClientSaw(stage.api.requests),
    calls: asSent(knownCalls(theCase.steps, form), theCase),
    sendsByItself: form === "client",
    isGoing: stage.past.isGoing,
    severalQueues: theCase.steps.some(hasQueueOfItsOwn),
    ...(stats !== null && { ledger: stage.past.wholeLedger(stats as Ledger) }),
    ...(leftovers && { leftovers }),
    outward: [...errors.map((error) => JSON.stringify(error)), ...output, ...elsewhere, ...creation],
    key: KEY,
    thrown,
    errors,
  };
}
