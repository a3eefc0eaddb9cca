import { expect, test } from "vitest";
import { drawWorld, simulate } from "./simulation/simulate.ts";

const SEEDS = Number(process.env.SEEDS ?? 500);
const FIRST_SEED = Number(process.env.FIRST_SEED ?? 1);

test(
  `whatever happens to the pages of a profile, nothing is lost (${SEEDS} worlds)`,
  async () => {
    const failures: string[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      await simulate(drawWorld(seed)).catch((error: unknown) => {
        failures.push(`FIRST_SEED=${seed} SEEDS=1 npx vitest run test/tabs.test.ts: ${error}`);
      });
    }
    expect(failures).toEqual([]);
  },
  60_000 + SEEDS * 1000,
);
