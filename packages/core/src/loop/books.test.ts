import { expect, test } from "vitest";
import { loopFixture } from "../../test/loop-fixture.ts";
import { lose, stats } from "./books.ts";

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
