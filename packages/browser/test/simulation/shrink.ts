/** From a world that fails to the smallest one that fails in the same way. */
import type { Action } from "./actions.ts";
import { simulate, type World } from "./simulate.ts";

/** What went wrong, without the numbers that differ from world to world. */
async function failureOf(world: World): Promise<string | undefined> {
  try {
    await simulate(world);
    return undefined;
  } catch (error) {
    return `${(error as Error).message}`.replace(/[:,{].*|\d+/gs, "");
  }
}

export async function shrink(world: World): Promise<World> {
  const failure = await failureOf(world);
  if (failure === undefined) return world;
  let smallest = world;

  async function attempt(actions: readonly Action[], settings = smallest.settings): Promise<boolean> {
    const smaller = { actions, settings };
    if ((await failureOf(smaller)) !== failure) return false;
    smallest = smaller;
    return true;
  }

  for (let size = Math.ceil(world.actions.length / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0) {
    for (let from = 0; from < smallest.actions.length; ) {
      const { actions } = smallest;
      if (!(await attempt([...actions.slice(0, from), ...actions.slice(from + size)]))) from += size;
    }
  }
  const { settings } = smallest;
  const simpler = { anonymousEvents: "send", maxRetries: 6, maxQueueSize: 1000, maxBatchSize: 500 } as const;
  for (const [name, value] of Object.entries(simpler)) {
    await attempt(smallest.actions, {
      ...settings,
      options: { ...smallest.settings.options, [name]: value },
    });
  }
  await attempt(smallest.actions, { ...smallest.settings, latencyMs: [1, 10] });
  await attempt(smallest.actions, { ...smallest.settings, storageDelayMs: 0 });
  await attempt(smallest.actions, { ...smallest.settings, hasLocks: true });
  return smallest;
}
