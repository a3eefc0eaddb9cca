/** Carries out the steps of a case on its stage. After each one everything that happens by itself has happened. */
import type { Step } from "../case.ts";
import type { Command, Signal, WireObject } from "../protocol.ts";
import { unmetExpectations } from "./expectations.ts";
import { callsOf } from "./known-calls.ts";
import type { Stage } from "./stage.ts";

/** What the steps left behind for the judgement at the end. */
export interface Played {
  problems: string[];
  /** Names of the flushes and shutdowns that were started. */
  names: string[];
  exit?: { code: number | string; elapsedMs: number };
}

/** A process that has not ended by itself after this long never will. */
const EXIT_LIMIT_MS = 20_000;

export async function playSteps(steps: readonly Step[], stage: Stage): Promise<Played> {
  const played: Played = { problems: [], names: [] };
  for (const [index, step] of steps.entries()) {
    const problems = await playStep(step, stage, played);
    played.problems.push(...problems.map((problem) => `step ${index + 1}: ${problem}`));
    if (played.exit) break;
    await stage.settle();
  }
  return played;
}

async function playStep(step: Step, stage: Stage, played: Played): Promise<string[]> {
  const command = commandOf(step);
  if (command) {
    if (command.do === "signal") noteGoing(command.name, stage);
    if (command.do === "flush" || command.do === "shutdown") played.names.push(command.name);
    await stage.send(command);
    return [];
  }
  if ("advance" in step) return none(await stage.advance(step.advance));
  if ("jump" in step) return none(await stage.jump(step.jump));
  if ("reload" in step) return none(await reload(step.reload, stage, played));
  if ("play" in step) return none(stage.faults.play(step.play));
  if ("default" in step) return none(stage.faults.setDefault(step.default));
  if ("settled" in step) return stateProblems(step.settled, "fulfilled", stage);
  if ("pending" in step) return stateProblems(step.pending, "pending", stage);
  if ("check" in step) return unmetExpectations(step.check, await stage.scene(played.names));
  if ("exit" in step) return none(await leave(step.exit, stage, played));
  throw new Error(`unknown step ${JSON.stringify(step)}`);
}

/** A page that is hidden or put away sends what it has without waiting for answers. */
function noteGoing(signal: Signal, { past, api }: Stage): void {
  if (signal === "hidden" || signal === "frozen") past.goes(api.requests.length);
  if (signal === "shown" || signal === "thawed") past.stays(api.requests.length);
}

/** The command a step stands for, if it is the subject's business alone. */
function commandOf(step: Step): Command | undefined {
  const calls = callsOf(step);
  const during = "during" in step && step.during !== undefined ? { during: step.during } : {};
  if (calls.length > 0) return { do: "call", calls, ...during };
  const deadline = "timeoutMs" in step && step.timeoutMs !== undefined ? { timeoutMs: step.timeoutMs } : {};
  if ("flush" in step) return { do: "flush", name: step.flush, ...deadline, ...during };
  if ("shutdown" in step) return { do: "shutdown", name: step.shutdown, ...deadline };
  if ("elsewhere" in step) return { do: "call", calls: step.elsewhere, elsewhere: true };
  if ("signal" in step) return { do: "signal", name: step.signal };
  if ("close" in step) return { do: "close" };
  if ("navigate" in step) return { do: "navigate", to: step.navigate };
  if ("cut" in step) return { do: "cut", request: step.cut };
  if ("hold" in step) return { do: "hold" };
  if ("release" in step) return { do: "release" };
  return "mutate" in step ? { do: "mutate", ...step.mutate } : undefined;
}

async function stateProblems(name: string, wanted: string, stage: Stage): Promise<string[]> {
  const { state, value } = await stage.collect(name);
  return state === wanted
    ? []
    : [`${name} should be ${wanted}, but is ${state} ${JSON.stringify(value) ?? ""}`];
}

/** Promises of the page that went away are gone with it. */
async function reload(how: true | { options: WireObject }, stage: Stage, played: Played): Promise<void> {
  played.names.length = 0;
  await stage.reload(how === true ? {} : how.options);
}

/** Lets the subject's process end by itself and measures how long that takes. */
async function leave(exit: { code?: number }, stage: Stage, played: Played): Promise<void> {
  const from = performance.now();
  await stage.send({ do: "bye", ...(exit.code === undefined ? {} : { exitCode: exit.code }) });
  const code = await stage.process.exited(EXIT_LIMIT_MS);
  played.exit = { code, elapsedMs: performance.now() - from };
}

function none(_done: unknown): string[] {
  return [];
}
