/** A probe of an identify passes older ones: the last one called is still the server's last word. */
import { describe, expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { loopFixture } from "../../test/loop-fixture.ts";
import { anIdentify, aTrack } from "../../test/operations.ts";

/** The front is refused by something on the way `failures` times; whatever else comes is taken. What was taken, in that order. */
async function takenWith(failures: number) {
  const fixture = loopFixture({ config: { maxRetries: 2 } });
  const { loop, server, timers } = fixture;
  const taken: string[] = [];
  let left = failures;
  loop.append(anIdentify("older"));
  loop.append(anIdentify("newer"));
  loop.append(aTrack());
  void loop.flush();
  for (let turn = 0; turn < 50; turn++) {
    await settle();
    const [open] = server.open();
    if (!open && timers.delays().length === 0) break;
    if (!open) timers.fire();
    else if (open.body.includes("older") && left-- > 0) server.answer(500);
    else {
      taken.push(/older|newer/.exec(open.body)?.[0] ?? "event");
      server.answer(202);
    }
  }
  return { taken, stats: loop.stats() };
}

describe("A newer identify that was probed, and taken", () => {
  test("is said again where the older one comes late", async () => {
    const { taken, stats } = await takenWith(4);
    expect(taken).toEqual(["newer", "older", "newer", "event"]);
    expect(stats).toEqual({ accepted: 3, delivered: 3, dropped: {}, pending: 0 });
  });

  test("is counted once where the older one is dropped", async () => {
    const { taken, stats } = await takenWith(100);
    expect(taken.filter((one) => one === "event")).toHaveLength(1);
    expect(taken).not.toContain("older");
    expect(stats).toEqual({ accepted: 3, delivered: 2, dropped: { undeliverable: 1 }, pending: 0 });
  });
});
