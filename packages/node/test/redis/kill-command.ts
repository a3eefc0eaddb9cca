/** `npm run kills`: 20,000 events, or as many as the first argument says; the second is the seed. */
import { runKills } from "./kills.ts";

const [events = "20000", seed = "1"] = process.argv.slice(2);
const startedMs = Date.now();
const result = await runKills({ events: Number(events), kills: 60, seed: Number(seed) });
console.log(result, `${Math.round((Date.now() - startedMs) / 1000)} s`);
if (result.lost + result.disordered + result.stale > 0) process.exitCode = 1;
