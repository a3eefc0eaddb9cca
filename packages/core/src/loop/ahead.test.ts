/** What a client sends that has no time to wait for answers, and how that is settled when they come all the same. */
import { expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { type LoopFixture, loopFixture } from "../../test/loop-fixture.ts";
import { anIdentify } from "../../test/operations.ts";
import { AHEAD, sendAhead } from "./ahead.ts";

interface Going extends LoopFixture {
  /** What the next requests carry, from now on. */
  readonly going: { bytes: number };
  readonly noted: number[];
}

/** Three events, an identify and two events wait, and the first three are under way. */
async function going(bytes: number): Promise<Going> {
  const going = { bytes: 0 };
  const noted: number[] = [];
  const fixture = loopFixture({
    ports: { sendingAhead: AHEAD, aheadBytes: () => going.bytes },
    config: { backoff: { baseMs: 1000, maxMs: 1000 } },
  });
  Object.assign(fixture.client, {
    outbox: Object.assign(fixture.client.outbox, { inFlight: (count: number) => void noted.push(count) }),
  });
  fixture.track(3);
  fixture.loop.append(anIdentify());
  fixture.track(2);
  void fixture.loop.flush();
  await settle();
  going.bytes = bytes;
  return { ...fixture, going, noted };
}

const counts = ({ server }: LoopFixture) => server.requests.map(({ path, count }) => [path, count]);

async function answer({ server }: LoopFixture, index: number, status: number): Promise<void> {
  server.requests[index]?.answer({ status });
  await settle();
}

test("everything that waits goes, one request behind the other, and an identify is one of its own", async () => {
  const page = await going(60_000);
  sendAhead(page.client);

  expect(counts(page)).toEqual([
    ["/v1/events/batch", 3],
    ["/v1/identify", 1],
    ["/v1/events/batch", 2],
  ]);
  expect(page.noted, "in flight, from the front").toEqual([3, 4, 6]);
  expect(page.loop.stats(), "nothing leaves the queue before its answer").toMatchObject({ pending: 6 });
});

test("while there is time, one request waits for the other", async () => {
  const page = await going(0);
  sendAhead(page.client);

  expect(counts(page)).toEqual([["/v1/events/batch", 3]]);
});

test("what does not fit waits, and with it what is behind", async () => {
  const page = await going(20);
  sendAhead(page.client);

  expect(counts(page)).toEqual([["/v1/events/batch", 3]]);
});

test.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 2, 0]]])(
  "answers in the order %j settle everything once",
  async (order) => {
    const page = await going(60_000);
    sendAhead(page.client);
    for (const index of order) await answer(page, index, 202);

    expect(page.loop.stats()).toEqual({ accepted: 6, delivered: 6, dropped: {}, pending: 0 });
    expect(page.server.requests).toHaveLength(3);
    expect(page.noted.at(-1)).toBe(0);
  },
);

test("what failed is sent again in its turn, and nothing of what arrived", async () => {
  const page = await going(60_000);
  sendAhead(page.client);
  page.going.bytes = 0;
  await answer(page, 1, 503);
  await answer(page, 2, 202);
  await answer(page, 0, 202);
  expect(counts(page).slice(3)).toEqual([["/v1/identify", 1]]);

  await answer(page, 3, 202);
  expect(page.loop.stats()).toMatchObject({ delivered: 6, pending: 0 });
  expect(page.server.requests).toHaveLength(4);
});

test("the first is not sent again while one behind it is under way", async () => {
  const page = await going(60_000);
  sendAhead(page.client);
  page.going.bytes = 0;
  await answer(page, 0, 500);
  page.timers.fire(500);
  await settle();
  expect(page.server.requests, "one request at a time").toHaveLength(3);

  await answer(page, 1, 202);
  await answer(page, 2, 202);
  expect(counts(page).slice(3)).toEqual([["/v1/events/batch", 3]]);
});

test("what another page has taken over is no reason to send the rest again", async () => {
  const page = await going(60_000);
  sendAhead(page.client);
  const { outbox } = page.client;
  outbox.remove(5, 1);
  page.client.accepted -= 1;
  page.client.pending -= 1;
  await answer(page, 2, 202);
  await answer(page, 0, 202);
  await answer(page, 1, 202);

  expect(page.loop.stats()).toEqual({ accepted: 5, delivered: 5, dropped: {}, pending: 0 });
  expect(page.server.requests).toHaveLength(3);
});

test("what the server refuses of it is counted and said", async () => {
  const page = await going(60_000);
  sendAhead(page.client);
  page.server.requests[2]?.answer({ status: 202, body: '{"accepted":1,"rejected":1}' });
  await settle();

  expect(page.loop.stats()).toMatchObject({ delivered: 1, dropped: { rejected_by_server: 1 }, pending: 4 });
  expect(page.errors).toMatchObject([{ reason: "rejected_by_server", count: 1 }]);
});

test("a client that is told to take everything back lets go of all of it", async () => {
  const page = await going(60_000);
  sendAhead(page.client);
  page.loop.abandon();

  expect(page.server.requests.map(({ aborted }) => aborted)).toEqual([true, true, true]);
});

test("behind what others have in flight, the rest goes without waiting for that", async () => {
  const page = await going(60_000);
  const fixture = loopFixture({
    ports: { sendingAhead: AHEAD, aheadBytes: () => 60_000, isReady: () => false },
  });
  fixture.track(5);
  void fixture.loop.flush();
  await settle();
  expect(fixture.server.requests).toHaveLength(0);
  sendAhead(fixture.client, 2);
  expect(counts(fixture)).toEqual([["/v1/events/batch", 3]]);
  await answer(fixture, 0, 202);

  expect(fixture.loop.stats()).toMatchObject({ delivered: 3, pending: 2 });
  expect(page.server.requests).toHaveLength(1);
});

test("an identify that was answered before an older one is said again after it", async () => {
  const page = await going(60_000);
  page.loop.append(anIdentify());
  sendAhead(page.client);
  page.going.bytes = 0;
  for (const index of [3, 2, 1, 0]) await answer(page, index, 202);

  expect(counts(page).slice(4)).toEqual([["/v1/identify", 1]]);
});

test("an identify that was under way together with an older one is said again, whichever was answered first", async () => {
  const page = await going(60_000);
  page.loop.append(anIdentify());
  sendAhead(page.client);
  page.going.bytes = 0;

  for (const index of [1, 0, 3, 2]) await answer(page, index, 202);

  expect(counts(page).slice(4)).toEqual([["/v1/identify", 1]]);
  expect(page.loop.stats()).toMatchObject({ pending: 1 });
  await answer(page, 4, 202);
  expect(page.loop.stats()).toMatchObject({ pending: 0 });
});
