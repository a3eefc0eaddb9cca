import { expect, test } from "vitest";
import { shrink } from "./simulation/shrink.ts";
import { drawWorld, simulate } from "./simulation/simulate.ts";

const SEEDS = Number(process.env.SEEDS ?? 500);
const FIRST_SEED = Number(process.env.FIRST_SEED ?? 1);

/** Of a single seed: the smallest world that fails in the same way, and what happens in it. */
async function story(seed: number): Promise<string> {
  const world = await shrink(drawWorld(seed));
  const lines = [JSON.stringify(world.settings)];
  await simulate(world, (line) => void lines.push(line)).catch((error: Error) => lines.push(error.message));
  return lines.map((line) => line.slice(0, 200)).join("\n");
}

test(
  `whatever happens to the pages of a profile, nothing is lost (${SEEDS} worlds)`,
  async () => {
    const failures: string[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      await simulate(drawWorld(seed)).catch(async (error: Error) => {
        failures.push(`FIRST_SEED=${seed} SEEDS=1 npx vitest run test/tabs.test.ts: ${error.message}`);
        if (SEEDS === 1) console.error(await story(seed));
      });
    }
    expect(failures).toEqual([]);
  },
  60_000 + SEEDS * 1000,
);
