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
/** Until V8 has compiled everything, some 20,000 times, and well beyond. */
const HOT_REQUESTS = 500;
const HOT_BURSTS = 100;
/** Of heap that stays per request; a leak of one closure is more. */
const FLAT_BYTES = 100;

/** Requests at a time, until so many were made. */
async function makeRequests(count: number, request: (number: number) => Promise<unknown>): Promise<void> {
  let made = 0;
  const lane = async () => {
    while (made < count) await request(++made);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

describe.each(Object.entries(hosts))("%s", (name, start) => {
  test("an isolate whose code is hot: what one request leaves to another runs in the other's context, and no attempt fails", async () => {
    // An attempt in the context of another request fails without reaching the API.
    const stage = await setEdgeStage(start, { maxRetries: 0, maxQueueSize: HOT_REQUESTS * HOT_BURSTS });
    await makeRequests(HOT_REQUESTS, (number) =>
      stage.ask(`/track?user=user_${number}&events=${HOT_BURSTS}&apart${number % 10 === 0 ? "&flush" : ""}`),
    );
    const count = HOT_REQUESTS * HOT_BURSTS;
    await eventually("all events", () => stage.api.store.events.length === count);
    await eventually("nothing held", async () => (await stage.report()).open === 0);
    expect((await stage.report()).errors).toEqual([]);
  });

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
