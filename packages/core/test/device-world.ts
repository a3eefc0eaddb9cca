/**
 * One device in many hands, driven beside what a person would say must hold: who did what, on whose behalf may anything
 * be sent, and what a server must know in the end. It looks at requests and at the books, at nothing inside.
 */
import { expect } from "vitest";
import type { WhisperrOptions } from "../src/options.ts";
import { type DeviceFixture, deviceFixture, imbalance, newProfile } from "./device-fixture.ts";
import { type DeviceIdentifyBody, type DeviceRequest, deviceServer } from "./device-server.ts";
import { settle } from "./fake-ports.ts";

export type Step =
  | { readonly do: "track" | "reset" | "optOut" | "optIn" | "flush" | "fireTimer" }
  | { readonly do: "identify"; readonly user: string; readonly token: number | undefined }
  | { readonly do: "setPushToken"; readonly token: number }
  | { readonly do: "setPushPermission"; readonly permission: "granted" | "denied" }
  | { readonly do: "answer"; readonly status: number }
  /** The page ends; what it had sent arrives, or not. */
  | { readonly do: "restart"; readonly arrives: boolean };

/** What an app may do when it hears of an error. */
export type CallBack = Exclude<Step, { readonly do: "fireTimer" | "answer" | "restart" }>;

export interface DeviceWorld {
  take(step: Step): Promise<void>;
  /** The next error finds an app that does this. */
  callBack(step: CallBack): void;
  /** The server takes everything from here on, and the app says again what it said last. */
  heal(): Promise<void>;
}

/** Someone who holds the device: from a reset, or a change of users, to the next. */
interface Person {
  readonly number: number;
  /** Persons between two resets share it: the device and its token are passed on. */
  readonly session: number;
  readonly userId: string | undefined;
}

export function deviceWorld(options: Partial<WhisperrOptions>, holds: boolean): DeviceWorld {
  const profile = newProfile();
  const persons: Person[] = [{ number: 0, session: 0, userId: undefined }];
  const trackedBy = new Map<number, Person>();
  const visitors = new Map<string, Person>();
  const callBacks: CallBack[] = [];
  const failures: unknown[] = [];
  const arrived = new Set<number>();
  const askedIn = new Set<string>();
  let lastEvent = 0;
  let token: string | undefined;
  let denied = false;
  /** The visitor whom a reset() under way forgets. */
  let leaving: string | undefined;
  let optedOut = false;
  let lastRegistration = "";
  /** Something was given up, or nobody knows whether it arrived; and what was queued then is queued still. */
  let lost = false;
  let everLost = false;

  const server = deviceServer((request) => noteFailure(() => judge(request)));
  let fixture = open(undefined);

  function open(adopted: readonly string[] | undefined): DeviceFixture {
    const all = { ...options, onError };
    return deviceFixture({ options: all, device: { holds }, profile, server, ...(adopted && { adopted }) });
  }

  function noteFailure(assertions: () => void): void {
    try {
      assertions();
    } catch (failure) {
      failures.push(failure);
    }
  }

  function onError({ type }: { readonly type: string }): void {
    if (type === "dropped") lose();
    passOn();
    const step = callBacks.shift();
    if (step !== undefined) call(step);
  }

  function lose(): void {
    lost = true;
    everLost = true;
  }

  const current = () => persons.at(-1) as Person;
  /** The same person under their name, or the next one. */
  function person(over: Partial<Person>): void {
    persons.push({ ...current(), ...over });
  }
  const visitor = () => (JSON.parse(profile.identity ?? "{}") as { anonymousId?: string }).anonymousId;
  /** In the middle of a reset(), which may report something before and after it forgets. */
  function passOn(): void {
    if (leaving === undefined || visitor() === leaving) return;
    leaving = undefined;
    person({ number: persons.length, session: current().session + 1, userId: undefined });
    token = undefined;
  }
  const latest = (who: Person) => persons.filter(({ number }) => number === who.number).at(-1) as Person;

  function judge(request: DeviceRequest): void {
    expect(server.open(), "one request at a time").toHaveLength(1);
    for (const { external_user_id, anonymous_id, properties } of request.events) {
      const who = latest(trackedBy.get(properties.n as number) as Person);
      expect(optedOut, "who opted out is left alone").toBe(false);
      if (external_user_id !== undefined) expect(external_user_id, "an event is its user's").toBe(who.userId);
      else {
        expect(holds, "held events wait for their user").toBe(false);
        expect(visitors.get(anonymous_id as string)?.number, "or its visitor's").toBe(who.number);
      }
    }
    if (request.identify !== undefined) judgeIdentify(request.identify);
  }

  function judgeIdentify({ external_user_id: user, anonymous_id, channels = [] }: DeviceIdentifyBody): void {
    if (anonymous_id !== undefined) {
      const visitor = visitors.get(anonymous_id) as Person;
      expect(latest(visitor).userId, "a visitor becomes the user they are").toBe(user);
    }
    if (optedOut) expect(channels.length, "opted out, only that is said").toBeGreaterThan(0);
    for (const { address, opted_in } of channels) {
      const pair = `${user} ${address}`;
      if (!opted_in) {
        // The one that sent it may have been given up since.
        if (!everLost) expect(askedIn, "a token is opted out under the user it was sent for").toContain(pair);
        continue;
      }
      expect(optedOut, "who opted out gets no token registered").toBe(false);
      const session = Number(address.split(" ")[0]);
      const owners = persons.filter((one) => one.session === session).map(({ userId }) => userId);
      expect(owners, "a token is never sent under a later person's name").toContain(user);
      askedIn.add(pair);
    }
  }

  /** What was accepted: order, and no registration twice. */
  function judgeAccepted({ events, identify }: DeviceRequest): void {
    for (const { properties } of events) {
      const n = properties.n as number;
      if (!arrived.has(n)) expect(n, "in the order of the calls").toBeGreaterThan(Math.max(0, ...arrived));
      arrived.add(n);
    }
    const registration = identify?.channels?.filter(({ channel }) => channel === "push").at(-1);
    if (identify === undefined || registration === undefined) return;
    const said = JSON.stringify([current().session, identify.external_user_id, registration]);
    if (!lost) expect(said, "the same is not said twice").not.toBe(lastRegistration);
    lastRegistration = lost ? "" : said;
  }

  function call(step: CallBack): void {
    const { client } = fixture;
    switch (step.do) {
      case "track":
        trackedBy.set(++lastEvent, current());
        return client.track("thing_done", { n: lastEvent });
      case "identify":
        if (!optedOut) becomes(step.user, step.token);
        return client.identify(step.user, step.token === undefined ? {} : { pushToken: nameOf(step.token) });
      case "setPushToken":
        token = nameOf(step.token);
        return client.setPushToken(token);
      case "setPushPermission":
        denied = step.permission === "denied";
        return client.setPushPermission(step.permission);
      case "optOut":
        if (!optedOut) lose();
        optedOut = true;
        return client.optOut();
      case "optIn":
        optedOut = false;
        return client.optIn();
      case "reset":
        leaving = visitor();
        void client.reset();
        return passOn();
      case "flush":
        return void client.flush();
    }
  }

  const nameOf = (number: number) => `${current().session} token-${number}`;

  function becomes(user: string, number: number | undefined): void {
    const { userId } = current();
    if (userId === undefined) person({ userId: user });
    else if (userId !== user) person({ number: persons.length, userId: user });
    if (number !== undefined) token = nameOf(number);
  }

  function restart(arrives: boolean): void {
    for (const request of server.open()) {
      request.aborted = true;
      if (arrives) request.arrive();
      lose();
      if (arrives) for (const { properties } of request.events) arrived.add(properties.n as number);
    }
    fixture = open(fixture.stored());
  }

  function seeVisitor(): void {
    const id = visitor();
    if (id === undefined) return;
    const known = visitors.get(id) ?? current();
    expect(known.number, "a visitor's id is one person's").toBe(current().number);
    visitors.set(id, known);
  }

  async function check(): Promise<void> {
    noteFailure(seeVisitor);
    await settle();
    if (failures.length > 0) throw failures[0];
    expect(imbalance(fixture), "the books are in order").toBe(0);
    if (fixture.stored().length === 0) {
      if (lost) lastRegistration = "";
      lost = false;
    }
    expect(fixture.client.stats().pending, "pending is what is stored").toBe(fixture.stored().length);
  }

  function answer(status: number): void {
    const [request] = server.open();
    request?.answer(status);
    if (request !== undefined && status < 300) noteFailure(() => judgeAccepted(request));
  }

  async function take(step: Step): Promise<void> {
    if (step.do === "answer") answer(step.status);
    else if (step.do === "restart") restart(step.arrives);
    else if (step.do === "fireTimer") {
      if (fixture.timers.delays().some((delay) => delay !== REQUEST_TIMEOUT_MS)) fireTimer();
    } else call(step);
    await check();
  }

  function fireTimer(): void {
    const delay = fixture.timers.delays().find((one) => one !== REQUEST_TIMEOUT_MS);
    fixture.timers.fire(delay);
  }

  async function drain(): Promise<void> {
    for (let turn = 0; turn < 100; turn++) {
      if (server.open().length > 0) await take({ do: "answer", status: 202 });
      else if (fixture.loop.queued > 0) await take({ do: "flush" });
      else return;
      if (server.open().length === 0) await take({ do: "fireTimer" });
    }
    expect(fixture.client.stats(), "everything goes out in the end").toBe("empty");
  }

  function checkTokens(): void {
    const { userId, session } = current();
    const wanted = optedOut || denied ? undefined : token;
    for (const [pair, optedIn] of server.tokens) {
      const [user, itsSession] = pair.split(" ");
      if (user !== userId || Number(itsSession) !== session || everLost) continue;
      const many = persons.filter((one) => one.session === session && one.userId !== undefined);
      if (new Set(many.map(({ number }) => number)).size > 1) continue;
      expect(optedIn, `${pair} is wanted or not`).toBe(pair === `${userId} ${wanted}`);
    }
    if (userId !== undefined && wanted !== undefined)
      expect(server.tokens.get(`${userId} ${wanted}`), "the token is registered").toBe(true);
  }

  return {
    take,
    callBack: (step) => void callBacks.push(step),
    async heal() {
      callBacks.length = 0;
      await drain();
      if (token !== undefined) fixture.client.setPushToken(token);
      fixture.client.setPushPermission(denied ? "denied" : "granted");
      await check();
      await drain();
      checkTokens();
      if (current().userId !== undefined && !optedOut) {
        expect(fixture.client.stats().pending, "nobody is known, so nothing waits").toBe(0);
      }
    },
  };
}

/** Unlike every wait of the machine's, so that the two can be told apart. */
export const REQUEST_TIMEOUT_MS = 123_456;
