/** What was recorded arrives, once and in order, and the last identify is the last word, whoever is killed. `npm run kills` does it with 20,000 events. */
import { expect } from "vitest";
import { runKills } from "./redis/kills.ts";
import { testWithRedis } from "./redis/with-redis.ts";

testWithRedis("producers, relays and Redis are killed while events flow", async () => {
  const result = await runKills({ events: 1_500, kills: 9, seed: 20 });
  expect(result).toMatchObject({ recorded: 1_500, lost: 0, disordered: 0, stale: 0 });
  expect(result.identified).toBeGreaterThan(0);
  for (const count of Object.values(result.killed)) expect(count).toBeGreaterThan(0);
});
