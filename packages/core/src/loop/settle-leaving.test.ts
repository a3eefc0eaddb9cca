/** Operations that leave the queue: who hears of them, and how many of them are named. */
import { describe, expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { loopFixture } from "../../test/loop-fixture.ts";
import { anIdentify, arrayOutbox, aTrack } from "../../test/operations.ts";
import { http } from "../../test/scripted-transport.ts";
import type { Operation } from "../events/operation.ts";
import type { Outbox } from "../queue/outbox.ts";
import { refuse, tell } from "./books.ts";
import { EFFECTS } from "./effects.ts";

describe("whoever waits for operations", () => {
  const settledIn = (setup: Parameters<typeof loopFixture>[0] = {}) => {
    const settled: unknown[] = [];
    const onSettled = (operation: Operation, delivered: boolean) => void settled.push([operation, delivered]);
    return { settled, ...loopFixture({ ...setup, ports: { onSettled } }) };
  };

  test("hears of each that leaves, in order, and whether it was delivered", async () => {
    const { settled, track, loop, server } = settledIn();
    track(2);
    void loop.flush();
    await settle();
    server.answer(202);
    await settle();
    loop.append(anIdentify());
    void loop.flush();
    await settle();
    server.answer(400);
    await settle();

    expect(settled).toEqual([
      [aTrack({ idNumber: 1 }), true],
      [aTrack({ idNumber: 2 }), true],
      [anIdentify(), false],
    ]);
  });

  test("hears of one that never reached the queue, as far as it was made", () => {
    const { settled, client } = settledIn();
    refuse(client, "queue_full", "no room", aTrack());
    refuse(client, "invalid_user_id", "no user");

    expect(settled).toEqual([[aTrack(), false]]);
  });

  test("hears nothing of what cannot be read, and it is counted all the same", () => {
    const inner = arrayOutbox();
    const outbox: Outbox = {
      get size() {
        return inner.size;
      },
      append: inner.append,
      at: () => undefined,
      remove: inner.remove,
    };
    const { settled, client, errors, track } = settledIn({ outbox });
    track(2);
    client.answer = http(400);
    EFFECTS.drop(client, 0, 2, "rejected");
    tell(client);

    expect(settled).toEqual([]);
    expect(errors).toMatchObject([{ reason: "rejected", count: 2, messageIds: [] }]);
  });
});

test("of many that go at once a hundred are named", () => {
  const { track, client, errors } = loopFixture({ config: { maxQueueSize: 500, flushAt: 500 } });
  track(300);
  client.answer = http(400);
  EFFECTS.drop(client, 0, 150, "rejected");
  EFFECTS.drop(client, 0, 150, "queue_full");
  tell(client);

  expect(errors.map(({ count, messageIds }) => [count, messageIds?.length])).toEqual([
    [150, 100],
    [150, 100],
  ]);
});
