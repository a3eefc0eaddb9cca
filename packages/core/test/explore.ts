/**
 * Breadth-first search of everything the machine and its surroundings can do at small bounds. The surroundings are
 * abstract: how many operations the outbox holds, whether a request is asked for or open, whether the timer is armed,
 * how many callers wait. Every legal input is tried in every state reached; `rules.ts` judges each step.
 */
import { MAX_REFUSALS_IN_A_ROW } from "../src/delivery/answering.ts";
import { MAX_FUTILE } from "../src/delivery/flushing.ts";
import { type DeliveryConfig, type DeliveryState, initialState } from "../src/delivery/state.ts";
import {
  abandoned,
  accepted,
  adopted,
  appended,
  auth,
  batchCut,
  blamed,
  blamedSize,
  flushRequested,
  hurried,
  rejected,
  retry,
  retryNow,
  stopRequested,
  timerFired,
  tooLarge,
  withdrawn,
} from "./machine-builders.ts";
import { checkState, checkStep, follow } from "./rules.ts";
import type { Input, Step } from "./transition.ts";
import { transition } from "./transition.ts";

/** The machine together with what surrounds it. */
export interface World {
  readonly machine: DeliveryState;
  /** Operations the outbox really holds. */
  readonly outbox: number;
  /** What the open request carries, at the beginning of a step. */
  readonly carries: { readonly offset: number; readonly count: number };
  /** In how many attempts the front failed alone. */
  readonly lone: number;
  /** The attempts of a flush, 3 at least and 7 at most. */
  readonly allAttempts: number;
  /** The server took one behind the front. */
  readonly hasTakenOther: boolean;
  /** `asked`: a `send` was performed, its batch is not cut yet. `open`: in flight. */
  readonly request: "none" | "asked" | "open";
  readonly timer: boolean;
  /** A wait that the server asked for is not over. */
  readonly serverWait: boolean;
  /** `flush()` and `shutdown()` calls that have not ended, oldest first: how many operations at the front each waits for. */
  readonly waiting: readonly number[];
}

export interface Edge {
  readonly from: World;
  readonly input: Input;
  readonly to: World;
  readonly step: Step;
}

export interface Exploration {
  readonly worlds: readonly World[];
  /** For each world, the worlds that one fair input leads to. */
  readonly fair: readonly (readonly number[])[];
  readonly transitions: number;
}

/**
 * Refusals in a row are counted, but only `MAX_REFUSALS_IN_A_ROW` makes a difference, and from there on what is dropped
 * together outgrows these bounds at once. So few refusals stand for every number of them short of the limit, and the
 * search also jumps from few to one short of it; beyond the limit, the first number stands for all.
 */
const FEW = 1;
const ALMOST = MAX_REFUSALS_IN_A_ROW - 1;
const BEYOND = MAX_REFUSALS_IN_A_ROW + 1;

/** Flushes in vain are counted, but only `MAX_FUTILE` makes a difference: one short of it stands for all below. */
const FEW_FUTILE = MAX_FUTILE - 1;

/** What a search tries beside everything that it always tries. */
export interface Breadth {
  /** Callers that may wait at a time; `shutdown()` may be one more. */
  readonly callers: number;
  /** Whether failures may be due to what a request holds, so that others are probed. Refusals are few then. */
  readonly blames: boolean;
}

/** Visits every reachable world once. Throws, with the way there, when a rule is broken. */
export function explore(
  config: DeliveryConfig,
  breadth: Breadth,
  visit: (edge: Edge) => void = () => {},
): Exploration {
  const indexes = new Map<string, number>();
  const worlds: World[] = [];
  const cameFrom: { readonly index: number; readonly input: Input | "many refusals" | "start" }[] = [];
  const fair: number[][] = [];
  let transitions = 0;

  function reach(world: World, index: number, input: Input | "many refusals" | "start"): number {
    const key = keyOf(world);
    const known = indexes.get(key);
    if (known !== undefined) return known;
    indexes.set(key, worlds.length);
    cameFrom.push({ index, input });
    return worlds.push(world) - 1;
  }

  function wayTo(world: number): unknown[] {
    const inputs: unknown[] = [];
    for (let at = cameFrom[world]; at !== undefined; at = cameFrom[at.index]) inputs.unshift(at.input);
    return inputs;
  }

  function expand(index: number, from: World, input: Input): number {
    try {
      const edge = take(from, input, config);
      transitions++;
      visit(edge);
      return reach(edge.to, index, input);
    } catch (error) {
      const way = [...wayTo(index), input].map((one) => JSON.stringify(one));
      throw new Error(`${(error as Error).message}, after\n  ${way.join("\n  ")}`);
    }
  }

  for (const phase of ["idle", "starting"] as const) {
    const machine = { ...initialState(config, phase), futile: FEW_FUTILE };
    reach(
      {
        machine,
        outbox: 0,
        carries: { offset: 0, count: 0 },
        lone: 0,
        allAttempts: Math.min(Math.max(config.maxRetries + 1, 3), 7),
        hasTakenOther: false,
        request: "none",
        timer: false,
        serverWait: false,
        waiting: [],
      },
      -1,
      "start",
    );
  }
  // `worlds` grows while it is walked: it is the queue of the search.
  for (let index = 0; index < worlds.length; index++) {
    const from = worlds[index] as World;
    fair.push(fairInputs(from, breadth).map((input) => expand(index, from, input)));
    for (const input of freeInputs(from, breadth)) expand(index, from, input);
    if (from.machine.refusals === FEW && !breadth.blames)
      reach(withRefusals(from, ALMOST), index, "many refusals");
  }
  return { worlds, fair, transitions };
}

/** One step, judged. */
function take(from: World, input: Input, config: DeliveryConfig): Edge {
  const step = transition(from.machine, input, config);
  const edge = { from, input, step, to: withFutile(follow(from, input, step)) };
  checkStep(edge);
  checkState(edge.to, config);
  const { refusals } = edge.to.machine;
  if (refusals > FEW && refusals < ALMOST) return { ...edge, to: withRefusals(edge.to, FEW) };
  return refusals > BEYOND ? { ...edge, to: withRefusals(edge.to, BEYOND) } : edge;
}

function withFutile(world: World): World {
  const { machine } = world;
  return machine.futile >= FEW_FUTILE ? world : { ...world, machine: { ...machine, futile: FEW_FUTILE } };
}

function withRefusals(world: World, refusals: number): World {
  const { machine } = world;
  return { ...world, machine: { ...machine, refusals } };
}

/** What only the surroundings do, sooner or later, when nobody touches the client. */
function fairInputs({ machine, request, timer }: World, { blames }: Breadth): Input[] {
  const inputs: Input[] = [];
  if (request === "asked") {
    const most = machine.offset > 0 ? 1 : Math.min(machine.limit, machine.pending);
    for (let count = 1; count <= most; count++) inputs.push(batchCut(count));
  }
  if (request === "open") {
    inputs.push(accepted(), accepted(1), retry(), retry(5000), auth, rejected, tooLarge);
    if (blames) inputs.push(blamed, blamedSize);
  }
  if (timer) inputs.push(timerFired);
  if (machine.phase === "starting") inputs.push(adopted(0), adopted(1), adopted(2, 1));
  return inputs;
}

/** What the app and the runtime may do, and need not. */
function freeInputs({ machine, outbox, waiting }: World, { callers }: Breadth): Input[] {
  const inputs = [retryNow, abandoned, hurried];
  // Once stopped, calls are refused before they reach the queue.
  if (machine.phase !== "stopped") inputs.push(appended(1), appended(2));
  if (waiting.length < callers) inputs.push(flushRequested);
  if (!machine.stopping) inputs.push(stopRequested);
  if (machine.phase !== "stopped") {
    for (let offset = machine.inFlight; offset < outbox; offset++) inputs.push(withdrawn(offset, 1));
    if (outbox > 0) inputs.push(withdrawn(0, 1), withdrawn(0, outbox));
  }
  return inputs;
}

function keyOf({ machine, outbox, lone, hasTakenOther, request, timer, serverWait, waiting }: World): string {
  const {
    phase,
    pending,
    inFlight,
    fresh,
    goal,
    flushes,
    failures,
    limit,
    suspect,
    ceiling,
    refusals,
    stopping,
    rounds,
    futile,
    offset,
    doubts,
    probes,
  } = machine;
  return `${phase} ${pending} ${inFlight} ${fresh} ${goal} [${flushes}] ${failures} ${limit} ${suspect} ${ceiling} ${refusals} ${stopping} ${rounds} ${futile} ${offset} ${doubts} ${probes} ${lone} ${hasTakenOther} ${outbox} ${request} ${timer} ${serverWait} [${waiting}]`;
}
