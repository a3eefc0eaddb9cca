/** Visits every world that can be reached, the nearest first, and says how it got to the first one that breaks a rule. */
import { type Action, actionsOf, type Bounds } from "./actions.ts";
import { checkWorld } from "./rules.ts";
import { newWorld, type Sabotage, type World } from "./world.ts";

export interface Exploration {
  readonly worlds: number;
  readonly transitions: number;
  /** The first rule that was broken, and what led there. */
  readonly failure: string | undefined;
}

interface Step {
  readonly from: number;
  readonly name: string;
}

export function explore(bounds: Bounds, sabotage?: Sabotage): Exploration {
  const seen = new Set<number>();
  const steps: Step[] = [{ from: -1, name: "" }];
  let frontier: [text: string, step: number][] = [
    [JSON.stringify(newWorld(bounds.tabs, bounds.isSlow, sabotage)), 0],
  ];
  let transitions = 0;
  const trace = (step: number): string[] =>
    step <= 0 ? [] : [...trace((steps[step] as Step).from), (steps[step] as Step).name];
  while (frontier.length > 0) {
    const next: typeof frontier = [];
    for (const [text, step] of frontier) {
      for (const action of actionsOf(JSON.parse(text) as World, bounds)) {
        transitions++;
        const world = JSON.parse(text) as World;
        const failure = attempt(world, action);
        if (failure !== undefined) {
          const told = [...trace(step), action.name, failure, JSON.stringify(world)].join("\n");
          return { worlds: seen.size, transitions, failure: told };
        }
        const made = JSON.stringify(world);
        const mark = hash(made);
        if (seen.has(mark)) continue;
        seen.add(mark);
        steps.push({ from: step, name: action.name });
        next.push([made, steps.length - 1]);
      }
    }
    frontier = next;
  }
  return { worlds: seen.size, transitions, failure: undefined };
}

function attempt(world: World, action: Action): string | undefined {
  try {
    action.run(world);
    checkWorld(world);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** 53 bits of it: two different worlds with one hash are rarer than a fault in memory. */
function hash(text: string): number {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    one = Math.imul(one ^ code, 2654435761);
    two = Math.imul(two ^ code, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return 4294967296 * (2097151 & two) + (one >>> 0);
}
