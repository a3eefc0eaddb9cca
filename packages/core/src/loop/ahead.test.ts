/** What a client sends that has no time to wait for answers, and how that is settled when they come all the same. */
import { expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { type LoopFixture, loopFixture } from "../../test/loop-fixture.ts";
import { anIdentify, aTrack } from "../../test/operations.ts";
import type { ClientConfig } from "../client/client.ts";
import type { Transport } from "../http/exchange.ts";
import { AHEAD, sendAhead } from "./ahead.ts";
import { discard } from "./queue.ts";

interface Going extends LoopFixture {
  /** What the next requests carry, from now on. */
  readonly going: { bytes: number };
  readonly noted: number[];
}

/** Three events, an identify and two events wait, and the first three are under way. */
async function going(bytes: number, config: Partial<ClientConfig> = {}): Promise<Going> {
  const going = { bytes: 0 };
  const noted: number[] = [];
  const fixture = loopFixture({
    ports: { sendingAhead: AHEAD, aheadBytes: () => going.bytes },
    config: { backoff: { baseMs: 1000, maxMs: 1000 }, ...config },
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
    expect(page.client.pending).toBe(0);
    expect(page.errors).toEqual([]);
  },
);

test("without a request under way, and without others who have some, nothing is sent before its turn", async () => {
  const { client, server, track, loop } = loopFixture({
    ports: { sendingAhead: AHEAD, aheadBytes: () => 60_000 },
  });
  track(2);
  sendAhead(client);
  await settle();
  expect(server.requests).toEqual([]);
  void loop.flush();
  await settle();
  server.answer(401);
  await settle();
  sendAhead(client, 0);
  await settle();
  expect(server.requests, "the key was refused").toHaveLength(1);
});

test("where a runtime sends nothing ahead, or has time, what waits for the interval goes on waiting", async () => {
  for (const aheadBytes of [undefined, () => 0]) {
    const { client, server, track } = loopFixture({ ports: { aheadBytes: aheadBytes as never } });
    track(2);
    sendAhead(client, 0);
    await settle();
    expect(server.requests).toEqual([]);
  }
});

test("nothing is sent ahead while a refused batch is divided, or what stands behind the front is probed", async () => {
  const page = await going(0);
  await answer(page, 0, 422);
  page.going.bytes = 60_000;
  sendAhead(page.client);
  expect(counts(page).slice(1)).toEqual([["/v1/events/batch", 2]]);

  for (const suspect of [0, 1]) {
    const probing = await going(60_000);
    Object.assign(probing.client, { offset: 1, suspect });
    sendAhead(probing.client);
    expect(probing.server.requests).toHaveLength(1);
  }
});

test("twenty requests at most are ahead, each as large as a batch may be", async () => {
  const page = await going(60_000);
  for (let number = 0; number < 30; number++) page.loop.append(anIdentify());
  sendAhead(page.client);
  expect(page.server.requests).toHaveLength(21);

  const few = await going(60_000, { maxBatchSize: 2 });
  few.track(3);
  sendAhead(few.client);
  expect(counts(few).map(([, count]) => count)).toEqual([2, 1, 1, 2, 2, 1]);

  const small = await going(60_000, { maxBatchBytes: 300 });
  sendAhead(small.client);
  expect(counts(small).map(([, count]) => count)).toEqual([1, 1, 1, 1, 1, 1]);
});

test("a body that just fits goes; of two, the second waits, and so does what waits for a user", async () => {
  const fixture = loopFixture({ ports: { sendingAhead: AHEAD, aheadBytes: () => bytes } });
  const { client, server, track, loop } = fixture;
  let bytes = 0;
  track(1);
  void loop.flush();
  await settle();
  const one = server.requests[0]?.body.length ?? 0;
  track(1);
  loop.append(aTrack({ held: true }));
  bytes = one - 1;
  sendAhead(client);
  expect(server.requests).toHaveLength(1);
  bytes = one;
  sendAhead(client);
  expect(server.requests).toHaveLength(2);
  bytes = 60_000;
  sendAhead(client);
  expect(counts(fixture)).toEqual([
    ["/v1/events/batch", 1],
    ["/v1/events/batch", 1],
  ]);
});

test("what is sent ahead and fails in its turn waits like any other attempt", async () => {
  const page = await going(60_000);
  sendAhead(page.client);
  page.going.bytes = 0;
  const { length } = page.noted;
  await answer(page, 0, 202);
  expect(page.noted, "what is under way is noted already").toHaveLength(length);
  await answer(page, 1, 503);
  expect(page.server.requests).toHaveLength(3);
  expect(page.timers.delays()).toEqual([500]);
});

test("what was sent ahead settles where it stands now: the full queue has lost what was in front", async () => {
  const page = await going(60_000, { maxQueueSize: 6 });
  sendAhead(page.client);
  page.going.bytes = 0;
  await answer(page, 0, 500);
  page.track(3);
  expect(page.loop.stats()).toMatchObject({ dropped: { queue_full: 3 }, pending: 6 });
  await answer(page, 1, 202);
  expect(page.loop.stats()).toMatchObject({ delivered: 1, pending: 5 });
});

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
  expect(page.noted.at(-1), "one is still under way").not.toBe(0);
  await answer(page, 2, 202);
  expect(page.noted.slice(-2)).toEqual([0, 3]);
  expect(counts(page).slice(3)).toEqual([["/v1/events/batch", 3]]);
});

test.each([[[2, 0, 1]], [[0, 1, 2]]])(
  "what another page has taken over is no reason to send the rest again, answered as %j",
  async (order) => {
    const page = await going(60_000);
    sendAhead(page.client);
    const { outbox } = page.client;
    outbox.remove(5, 1);
    page.client.accepted -= 1;
    page.client.pending -= 1;
    for (const index of order) await answer(page, index, 202);

    expect(page.loop.stats()).toEqual({ accepted: 5, delivered: 5, dropped: {}, pending: 0 });
    expect(page.server.requests).toHaveLength(3);
  },
);

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
  const before = page.noted.length;

  expect(page.server.requests.map(({ aborted }) => aborted)).toEqual([true, true, true]);
  page.going.bytes = 0;
  await answer(page, 2, 202);
  expect(page.loop.stats(), "its answer says nothing any more").toMatchObject({ delivered: 0, pending: 6 });
  expect(page.noted).toHaveLength(before);
  void page.loop.flush();
  await settle();
  expect(counts(page).slice(3)).toEqual([["/v1/events/batch", 3]]);
});

test("a request in whose making everything is taken back is let go of, and none follows it", async () => {
  const page = await going(60_000);
  const transport = page.client.transport;
  const takenBack: Transport = (batch) => {
    const request = transport(batch);
    discard(page.client, "opted_out");
    return request;
  };
  Object.assign(page.client, { transport: takenBack });
  sendAhead(page.client);

  expect(page.server.requests.map(({ aborted }) => aborted)).toEqual([true, true]);
  expect(page.loop.stats()).toEqual({ accepted: 6, delivered: 0, dropped: { opted_out: 6 }, pending: 0 });
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
