/** From a world that fails to a small one that fails in the same way. */
import { type Script, simulate } from "./script.ts";

/** What goes wrong in a world; undefined when nothing does. */
export type Failure = (script: Script) => Promise<string | undefined>;

/** The first thing that must not be, in words. */
export const failureOf: Failure = async (script) => {
  try {
    await simulate(script);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

/** Leaves out what is not needed for the failure: actions in ever smaller pieces, then how each of them counts. */
export async function shrink(script: Script, failure: Failure = failureOf): Promise<Script> {
  const whole = await failure(script);
  if (whole === undefined) return script;
  const wanted = kindOfFailure(whole);
  let smallest = script;

  async function attempt(smaller: Script): Promise<boolean> {
    const what = await failure(smaller);
    if (what === undefined || kindOfFailure(what) !== wanted) return false;
    smallest = smaller;
    return true;
  }

  for (let size = Math.ceil(script.actions.length / 2); size >= 1; ) {
    const before = smallest.actions.length;
    for (let from = 0; from < smallest.actions.length; ) {
      if (!(await attempt(without(smallest, from, size)))) from += size;
    }
    // Once more at the end, for as long as it helps: what is gone may have been all that needed others.
    if (size > 1) size = Math.ceil(size / 2);
    else if (smallest.actions.length === before) size = 0;
  }
  for (let at = 0; at < smallest.actions.length; at++) {
    for (const fewer of [1, 2, 5, 20]) if (await attempt(withTimes(smallest, at, fewer))) break;
  }
  return smallest;
}

/** What went wrong, without the numbers and the people that differ from world to world. */
export function kindOfFailure(message: string): string {
  return message.replace(/(?:[:,{]| for ).*|\d+/gs, "");
}

function without(script: Script, from: number, count: number): Script {
  const actions = [...script.actions.slice(0, from), ...script.actions.slice(from + count)];
  return { ...script, actions } as Script;
}

/** The same, where one burst of events is smaller. */
function withTimes(script: Script, at: number, times: number): Script {
  const actions = script.actions.map((action, index) =>
    index === at && "times" in action && action.times > times ? { ...action, times } : action,
  );
  return { ...script, actions } as Script;
}
