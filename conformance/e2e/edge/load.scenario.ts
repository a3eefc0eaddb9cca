/** Many requests through one isolate: nothing is lost, and nothing of them stays behind. */
import { describe, expect, test } from "vitest";
import { unexplainedRepeats } from "../browsers/judge/repeats.ts";
import { eventually } from "../eventually.ts";
import { hosts } from "./edge-host.ts";
import { setEdgeStage } from "./edge-stage.ts";
import { record } from "./figures.ts";

const REQUESTS = 2000;
const AT_ONCE = 20;
const EVENTS = 3;
/** Of heap that stays per request; a leak of one closure is more. */
const FLAT_BYTES = 100;

describe.each(Object.entries(hosts))("%s", (name, start) => {
  test("2,000 requests, 20 at a time, 3 events each: all arrive in as many API requests at most; heap and timers stay", async () => {
    const stage = await setEdgeStage(start);
    let made = 0;
    async function run(count: number): Promise<void> {
      let left = count;
      const lane = async () => {
        for (; left > 0; ) {
          left--;
          made++;
          await stage.ask(`/track?user=user_${made}&events=${EVENTS}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
      await eventually("all events", () => stage.api.store.events.length === made * EVENTS);
      await eventually("nothing held", async () => (await stage.report()).open === 0);
    }
    // Whatever is compiled, cached and grown once.
    await run(REQUESTS / 4);
    const before = await stage.heapBytes?.();
    await run(REQUESTS);
    const after = await stage.heapBytes?.();
    const { timers, errors, heard } = await stage.report();
    const stays = before === undefined || after === undefined ? undefined : (after - before) / REQUESTS;
    record("2,000 requests of 3 events", name, "", {
      "API requests per request": (stage.api.requests.length / made).toFixed(3),
      "timers left": timers,
      ...(stays !== undefined && { "heap bytes per request": stays.toFixed(1) }),
    });
    expect(stage.api.requests.length).toBeLessThanOrEqual(made);
    expect(unexplainedRepeats(stage.api.requests, new Map(Object.entries(heard)))).toEqual([]);
    expect(timers).toBe(0);
    expect(errors).toEqual([]);
    if (stays !== undefined) expect(stays).toBeLessThan(FLAT_BYTES);
  });
});
