/** Calls of a user who is still looked up, when somebody waits for delivery or the process ends. */
import { describe, expect, test, vi } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { clientOf } from "../../test/process-fixture.ts";
import { MAX_TIMER_MS } from "../options.ts";
import type { Ports } from "../ports.ts";
import { createMemoryOutbox } from "../queue/memory-outbox.ts";
import { onEnd, onOutOfWork } from "./process-watch.ts";

/** A user who is looked up, and the answer in the test's hands. */
function lookup() {
  let found: (user: unknown) => void = () => {};
  const user = new Promise<unknown>((resolve) => {
    found = resolve;
  });
  return { user, found: (id: unknown) => found(id) };
}

describe("while a user is looked up", () => {
  test.each(["flush", "shutdown"] as const)(
    "%s() sends what waits for nobody, and resolves once the rest has followed",
    async (end) => {
      const { client, calls, sent } = clientOf();
      const { user, found } = lookup();
      calls.later(user, () => {}).track("signed_up");
      client.track("bob", "invoice_paid");
      const ended = client[end]();
      await settle();
      expect(sent).toEqual(["bob invoice_paid"]);
      found("ada");
      expect(await ended).toEqual({ delivered: 2, dropped: 0, pending: 0 });
      expect(sent).toEqual(["bob invoice_paid", "ada signed_up"]);
    },
  );

  test("flush({ timeoutMs }) waits no longer than it may", async () => {
    const { client, calls, timers, sent } = clientOf();
    const { user, found } = lookup();
    calls.later(user, () => {}).track("signed_up");
    const flushed = client.flush({ timeoutMs: 70 });
    timers.fire(70);
    expect(await flushed).toEqual({ delivered: 0, dropped: 0, pending: 1 });
    found("ada");
    await settle();
    await client.flush({ timeoutMs: 70 });
    expect(sent).toEqual(["ada signed_up"]);
    expect(timers.delays(), "the second one waits for nobody, and is over").not.toContain(70);
  });

  test.each([
    ["flush", Number.NaN, { pending: 1 }],
    ["shutdown", Number.NaN, { dropped: 1 }],
    ["shutdown", Symbol("soon"), { dropped: 1 }],
  ] as const)("%s() with %o for a deadline has 10 seconds", async (call, timeoutMs, left) => {
    const { client, calls, timers, log } = clientOf();
    calls.later(lookup().user, () => {}).track("signed_up");
    const over = client[call]({ timeoutMs: timeoutMs as number });
    await settle();
    timers.fire(10_000);
    const message = `[whisperr] ${call}() got a timeoutMs that is no number: 10,000 is taken.`;
    expect(log).toContainEqual({ level: "warn", message });
    expect(await over).toEqual({ delivered: 0, dropped: 0, pending: 0, ...left });
  });

  test("shutdown({ timeoutMs }) has one deadline, for the lookup and for the delivery behind it", async () => {
    const { client, calls, timers, errors } = clientOf({}, {}, { fetch: () => new Promise(() => {}) });
    const { user, found } = lookup();
    calls.later(user, () => {}).track("signed_up");
    const ended = client.shutdown({ timeoutMs: 70 });
    found("ada");
    await settle();
    expect(errors).toEqual([]);
    timers.fire(70);
    timers.fire(0);
    expect(await ended).toEqual({ delivered: 0, dropped: 0, pending: 1 });
    expect(errors).toMatchObject([{ type: "retry_exhausted", count: 1 }]);
    expect(client.shutdown()).toBe(ended);
  });

  test.each([
    ["while the user is looked up", false, { dropped: 1, pending: 0 }],
    ["while what the user did is delivered", true, { dropped: 0, pending: 1 }],
  ])(
    "of two deadlines of shutdown() the one that is over first ends it, %s",
    async (_when, isFound, left) => {
      const { client, calls, timers, errors, holding, leave } = clientOf(
        {},
        {},
        { fetch: () => new Promise(() => {}) },
      );
      const { user, found } = lookup();
      calls.later(user, () => {}).track("signed_up");
      const ended = client.shutdown({ timeoutMs: 70 });
      if (isFound) found("ada");
      await settle();
      expect(client.shutdown({ timeoutMs: 20 })).toBe(ended);
      expect(client.shutdown({ timeoutMs: 90 })).toBe(ended);
      expect(client.shutdown()).toBe(ended);
      timers.fire(20);
      await settle();
      for (const delay of timers.delays()) if (delay === 0) timers.fire(0);
      expect(await ended).toEqual({ delivered: 0, ...left });
      await settle();
      expect(errors).toHaveLength(1);
      expect(timers.delays(), "no deadline is left").toEqual([]);
      expect(holding.delays()).toEqual([]);
      expect(leave).toHaveBeenCalledTimes(1);
    },
  );

  test("shutdown() without a limit has none for the delivery either", async () => {
    const { client, calls, timers, leave } = clientOf();
    const { user, found } = lookup();
    calls.later(user, () => {}).track("signed_up");
    const ended = client.shutdown();
    found("ada");
    await settle();
    expect(timers.delays().filter((delay) => !(delay <= MAX_TIMER_MS))).toEqual([]);
    expect(await ended).toEqual({ delivered: 1, dropped: 0, pending: 0 });
    expect(leave).toHaveBeenCalledTimes(1);
  });

  test.each(["flush", "shutdown"] as const)("%s() holds the process, and lets go of it", async (end) => {
    const { client, calls, holding, errors } = clientOf();
    const { user, found } = lookup();
    calls.later(user, () => {}).track("signed_up");
    expect(holding.delays()).toEqual([]);
    const ended = client[end]();
    await settle();
    expect(holding.delays()).toEqual([MAX_TIMER_MS]);
    found("ada");
    await ended;
    expect(holding.delays()).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("shutdown() drops at its deadline what nobody was found for, and says it; later they are not found any more", async () => {
    const { client, calls, timers, errors, sent, listeners } = clientOf();
    const { user, found } = lookup();
    const left = vi.fn();
    calls.later(user, left).track("signed_up");
    const ended = client.shutdown({ timeoutMs: 70 });
    await settle();
    timers.fire(70);
    expect(await ended).toEqual({ delivered: 0, dropped: 1, pending: 0 });
    const message = "1 call came too late: the user was still looked up when time was over.";
    expect(errors).toEqual([{ type: "dropped", reason: "shut_down", count: 1, message }]);
    expect(listeners.size).toBe(0);
    found(undefined);
    await settle();
    expect(left).not.toHaveBeenCalled();
    expect(client.stats()).toEqual({ accepted: 1, delivered: 0, dropped: { shut_down: 1 }, pending: 0 });
    expect([errors.length, sent]).toEqual([1, []]);
  });
});

describe("the end of the process while a user is looked up", () => {
  /** One call that waits, in a process that listens for its end. */
  function waitingClient(options: object = {}, ports: Partial<Ports> = {}) {
    const made = clientOf(options, {}, ports);
    const { user, found } = lookup();
    made.calls.later(user, (call) => made.calls.leaveOut(call, false)).track("signed_up");
    const [watch] = made.listeners;
    if (!watch) throw new Error("nobody listens");
    return { ...made, found, watch };
  }

  test("it goes on until the user is known and all is delivered, then nobody listens", async () => {
    const { client, found, watch, sent, holding, listeners, passMs } = waitingClient();
    client.track("bob", "invoice_paid");
    expect(onOutOfWork(watch)).toBe(true);
    await settle();
    expect(sent).toEqual(["bob invoice_paid"]);
    expect(holding.delays()).toEqual([2000]);
    passMs(500);
    found("ada");
    await settle();
    expect(sent).toEqual(["bob invoice_paid", "ada signed_up"]);
    expect(holding.delays()).toEqual([]);
    expect(listeners.size).toBe(0);
    expect(watch.leftMs).toBe(1500);
  });

  test("it is waited for once, and once more for a call that has come since", () => {
    const { calls, watch } = waitingClient();
    expect([onOutOfWork(watch), onOutOfWork(watch)]).toEqual([true, false]);
    calls.later(lookup().user, () => {}).track("signed_in");
    expect([onOutOfWork(watch), onOutOfWork(watch)]).toEqual([true, false]);
  });

  test("what was said of what stays is not said again", async () => {
    const fetch = () => new Promise<never>(() => {});
    const { found, watch, errors, holding } = waitingClient({}, { fetch });
    onOutOfWork(watch);
    found("ada");
    await settle();
    holding.fire(2000);
    await settle();
    expect(errors).toMatchObject([{ type: "retry_exhausted", count: 1 }]);
    expect(onOutOfWork(watch)).toBe(false);
    onEnd(watch);
    expect(errors).toHaveLength(1);
  });

  test("a lookup that takes too long is waited for once; the end says what it cost, and whoever is found then is too late", async () => {
    const { client, found, watch, errors, log, holding, sent } = waitingClient();
    expect(onOutOfWork(watch)).toBe(true);
    await settle();
    holding.fire(2000);
    await settle();
    expect(holding.delays()).toEqual([]);
    expect(errors).toEqual([]);
    expect(watch.leftMs).toBe(0);
    expect(onOutOfWork(watch)).toBe(false);
    onEnd(watch);
    const lost = "[whisperr] The process ended before 1 operation could be sent";
    expect(log).toEqual([{ level: "warn", message: `${lost}: await whisperr.shutdown() before it exits.` }]);
    expect(errors).toMatchObject([{ type: "dropped", reason: "shut_down", count: 1 }]);
    found("ada");
    await settle();
    expect(client.stats()).toEqual({ accepted: 1, delivered: 0, dropped: { shut_down: 1 }, pending: 0 });
    expect(sent).toEqual([]);
  });

  test("whoever is found after that time, and before the end, is told of", async () => {
    const { found, watch, errors, holding } = waitingClient();
    onOutOfWork(watch);
    await settle();
    holding.fire(2000);
    await settle();
    found("ada");
    await settle();
    onEnd(watch);
    expect(errors).toMatchObject([{ type: "retry_exhausted", count: 1 }]);
  });

  test("what waits is in the one line that is printed, whatever the outbox keeps", () => {
    const inMemory = waitingClient({ onError: undefined });
    const kept = waitingClient({ onError: undefined, outbox: createMemoryOutbox() });
    for (const { client, watch } of [inMemory, kept]) {
      client.track("bob", "invoice_paid");
      onEnd(watch);
    }
    const line = (lost: string, durable = "") => [
      {
        level: "warn",
        message: `[whisperr] The process ended before ${lost} could be sent: await whisperr.shutdown() before it exits${durable}.`,
      },
    ];
    expect(inMemory.log).toEqual(line("2 operations", ", or use a durable outbox"));
    expect(kept.log).toEqual(line("1 operation"));
    expect(kept.client.stats()).toMatchObject({ accepted: 2, pending: 1, dropped: { shut_down: 1 } });
    expect(inMemory.client.stats()).toMatchObject({ accepted: 2, pending: 1 });
  });

  test("a call without a user is no reason to listen", async () => {
    const { client, found, listeners } = waitingClient();
    found(undefined);
    await settle();
    expect(client.stats()).toMatchObject({ accepted: 1, dropped: { no_user: 1 }, pending: 0 });
    expect(listeners.size).toBe(0);
  });
});

describe("the last identify() of a user is the last word, whoever was looked up first", () => {
  /** What the requests said, in their order: `ada pro`, `ada order_placed`. */
  const said = (requests: readonly [string, { readonly body: string }][]) =>
    requests.flatMap(([, { body }]) => {
      const { events, external_user_id, traits } = JSON.parse(body);
      if (!events) return `${external_user_id} ${traits.plan ?? traits.city ?? JSON.stringify(traits)}`;
      return events.map(
        (event: { external_user_id: string; event_type: string }) =>
          `${event.external_user_id} ${event.event_type}`,
      );
    });
  const plan = (name: string) => ({ traits: { plan: name } });

  /** A client, and requests whose users the test finds. */
  function requestsOf(options: object = {}, ports: Partial<Ports> = {}) {
    const made = clientOf(options, {}, ports);
    const request = () => {
      const { user, found } = lookup();
      const own = made.calls.later(user, (call) => made.calls.leaveOut(call, false));
      return { ...own, found };
    };
    return { ...made, request };
  }

  test("an older one that is queued later is followed by the newer one", async () => {
    const { client, requests, request, errors } = requestsOf();
    const [first, second] = [request(), request()];
    first.identify(plan("trial"));
    first.track("signed_up");
    second.identify(plan("pro"));
    second.track("order_placed");
    second.found("ada");
    await settle();
    expect(client.stats()).toMatchObject({ accepted: 4, pending: 4 });
    const flushed = client.flush();
    first.found("ada");
    await flushed;
    expect(said(requests)).toEqual(["ada pro", "ada order_placed", "ada trial", "ada pro", "ada signed_up"]);
    expect(client.stats(), "it is no call of the app's, and in the books").toEqual({
      accepted: 5,
      delivered: 5,
      dropped: {},
      pending: 0,
    });
    expect(errors).toEqual([]);
  });

  test("a call that names its user is newer, too; what was said before, and of others, is not said again", async () => {
    const { client, requests, request } = requestsOf();
    client.identify("ada", plan("before"));
    const first = request();
    first.identify(plan("trial"));
    client.identify("ada", { traits: { city: "Rome" } });
    client.forUser("ada").identify(plan("pro"));
    client.identify("bob", plan("team"));
    first.found("ada");
    await client.flush();
    const queued = ["ada before", "ada Rome", "ada pro", "bob team"];
    expect(said(requests)).toEqual([...queued, "ada trial", "ada Rome", "ada pro"]);
  });

  test("of several that come late, each in its place, the newest is the last", async () => {
    const { client, requests, request } = requestsOf();
    const all = [request(), request(), request()];
    for (const [index, one] of all.entries()) one.identify(plan(`${index}`));
    for (const index of [1, 0, 2]) {
      all[index]?.found("ada");
      await settle();
    }
    await client.flush();
    expect(said(requests)).toEqual(["ada 1", "ada 0", "ada 1", "ada 2"]);
  });

  test("identifies that are queued in the order of their calls are said once", async () => {
    const { client, requests, request } = requestsOf();
    const [first, second] = [request(), request()];
    first.identify(plan("trial"));
    second.identify(plan("pro"));
    first.found("ada");
    await settle();
    second.found("ada");
    await settle();
    client.identify("ada", plan("team"));
    await client.flush();
    expect(said(requests)).toEqual(["ada trial", "ada pro", "ada team"]);
  });

  test.each([
    ["found nobody", undefined],
    ["failed", new Error("the database is away")],
  ])("a lookup that %s says nothing, and nothing is said again", async (_how, user) => {
    const { client, requests, request } = requestsOf();
    const first = request();
    first.identify(plan("trial"));
    client.identify("ada", plan("pro"));
    first.found(user);
    await client.flush();
    expect(said(requests)).toEqual(["ada pro"]);
  });

  test("one that an onError makes meanwhile is the newest", async () => {
    const onError = vi.fn(() => {});
    // Two of them, and no third.
    const { client, requests, request } = requestsOf({ maxQueueBytes: 700, onError });
    onError.mockImplementationOnce(() => client.identify("ada", plan("team")));
    const first = request();
    first.identify(plan("trial"));
    client.identify("ada", plan("pro"));
    client.track("ada", "order_placed");
    first.found("ada");
    await settle();
    await client.flush();
    expect(said(requests)).toEqual(["ada pro", "ada team"]);
    expect(client.stats()).toMatchObject({ delivered: 2, pending: 0 });
  });

  test("what the outbox does not take has nothing said again", async () => {
    const outbox = createMemoryOutbox();
    const { client, request, errors } = requestsOf({ outbox });
    const first = request();
    first.identify(plan("trial"));
    client.identify("ada", plan("pro"));
    outbox.append = () => {
      throw new Error("the disk is full");
    };
    first.found("ada");
    await settle();
    expect(errors).toMatchObject([{ reason: "outbox_failed", count: 1 }]);
    expect(client.stats()).toMatchObject({ accepted: 2, pending: 1, dropped: { outbox_failed: 1 } });
  });

  test("as much of it is kept as the queue may weigh, the newest, and ten of a user", async () => {
    const { client, requests, request } = requestsOf({ maxQueueBytes: 5_000 });
    const delivered = async () => {
      void client.flush();
      while (client.stats().pending > 2) await settle();
    };
    const [first, second] = [request(), request()];
    first.identify(plan("trial"));
    second.identify(plan("trial"));
    client.identify("ada", plan("pro"));
    for (let count = 1; count <= 12; count++) client.identify("bob", plan(`${count}`));
    await delivered();
    // With these it is too much.
    for (const user of ["carl", "dora"]) client.identify(user, plan("x".repeat(900)));
    await delivered();
    requests.length = 0;
    first.found("ada");
    second.found("bob");
    await settle();
    await client.flush();
    const ten = Array.from({ length: 10 }, (_, index) => `bob ${index + 3}`);
    expect(said(requests)).toEqual(["ada trial", "bob trial", ...ten]);
  });

  test("once nobody waits, nothing of it is left", async () => {
    const { client, requests, request } = requestsOf();
    const first = request();
    first.identify(plan("trial"));
    client.identify("ada", plan("pro"));
    first.found("bob");
    await client.flush();
    const second = request();
    second.identify(plan("team"));
    second.found("ada");
    await client.flush();
    expect(said(requests)).toEqual(["ada pro", "bob trial", "ada team"]);
  });
});
