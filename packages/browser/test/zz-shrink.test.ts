import { writeFileSync } from "node:fs";
import { test } from "vitest";
import { shrink } from "./simulation/shrink.ts";
import { drawWorld, simulate } from "./simulation/simulate.ts";

test("shrink", async () => {
  const first = Number(process.env.FIRST_SEED),
    n = Number(process.env.SEEDS ?? 1);
  for (let seed = first; seed < first + n; seed++) {
    const world = await shrink(drawWorld(seed));
    const trace: string[] = [];
    (globalThis as any).TRACE = trace;
    const failure = await simulate(world).then(
      () => "fine",
      (e) => e.message,
    );
    if (failure === "fine") continue;
    writeFileSync(
      `/tmp/shrunk-${seed}.txt`,
      `${failure}\n${JSON.stringify(world.settings)}\n${world.actions.map((a) => JSON.stringify(a)).join("\n")}\n\n${trace.join("\n")}\n`,
    );
  }
});
