import { expect, test } from "vitest";
import { loopFixture } from "../../test/loop-fixture.ts";
import { aTrack } from "../../test/operations.ts";
import { lose, refuse, stats, tell } from "./books.ts";

test("the books add up", () => {
  const { client, track } = loopFixture();
  track(2);
  client.accepted += 8;
  client.delivered += 4;
  lose(client, "rejected", 1);
  lose(client, "rejected", 2);
  lose(client, "queue_full", 1);

  expect(stats(client)).toEqual({
    accepted: 10,
    delivered: 4,
    dropped: { rejected: 3, queue_full: 1 },
    pending: 2,
  });
  expect(client.lost).toBe(4);
});

test("figures handed out do not change later", () => {
  const { client } = loopFixture();
  const before = stats(client);
  client.accepted += 1;
  lose(client, "rejected", 1);

  expect(before).toEqual({ accepted: 0, delivered: 0, dropped: {}, pending: 0 });
});

test("losses of the same kind that are still to be told become one report, and others do not", () => {
  const { client, errors } = loopFixture();
  lose(client, "corrupt", 1);
  lose(client, "corrupt", 2);
  lose(client, "reset", 1);
  lose(client, "corrupt", 1);
  expect(errors).toEqual([]);
  tell(client);

  expect(errors.map(({ reason, count }) => [reason, count])).toEqual([
    ["corrupt", 3],
    ["reset", 1],
    ["corrupt", 1],
  ]);
  expect(client.dropped).toEqual({ corrupt: 4, reset: 1 });
  lose(client, "corrupt", 1);
  tell(client);
  expect(errors, "what was told is told").toHaveLength(4);
});

test("a refused call tells what its onError has caused, once it has been heard", () => {
  const heard: unknown[] = [];
  const { client } = loopFixture({
    onError({ reason }) {
      heard.push(reason);
      if (reason === "invalid_user_id") lose(client, "reset", 1);
    },
  });
  refuse(client, "invalid_user_id", "no user");

  expect(heard).toEqual(["invalid_user_id", "reset"]);
});

test("what an onError causes by a call that evicts an operation it hears of as well", () => {
  const { loop, errors } = loopFixture({
    config: { maxQueueSize: 1 },
    onError: ({ reason }) => {
      if (reason !== "queue_full") for (const idNumber of [1, 2]) loop.append(aTrack({ idNumber }));
    },
  });
  loop.refuse("invalid_user_id", "no user");

  expect(errors.map(({ reason, count }) => [reason, count])).toEqual([
    ["invalid_user_id", 1],
    ["queue_full", 1],
  ]);
});
