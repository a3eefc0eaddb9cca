/** What must hold of every request of a device, of what its server has accepted, and of what it knows in the end. */
import { expect } from "vitest";
import { current, latest, type People, type Person, sessionOf } from "./device-people.ts";
import type { DeviceIdentifyBody, DeviceRequest } from "./device-server.ts";

export interface Judge {
  readonly people: People;
  /** Held events wait for their user. */
  readonly holds: boolean;
  /** Numbers of events. */
  readonly arrived: Set<number>;
  /** Events that were sent alone and not taken. */
  readonly failedAlone: Set<number>;
  /** `user token` pairs that were sent for registration. */
  readonly askedIn: Set<string>;
  lastRegistration: string;
  /** Something was given up, or nobody knows whether it arrived; and what was queued then is queued still. */
  lost: boolean;
  everLost: boolean;
}

export const newJudge = (people: People, holds: boolean): Judge => ({
  people,
  holds,
  arrived: new Set(),
  failedAlone: new Set(),
  askedIn: new Set(),
  lastRegistration: "",
  lost: false,
  everLost: false,
});

export function lose(judge: Judge): void {
  judge.lost = true;
  judge.everLost = true;
}

/** Nothing is queued any more. */
export function forgetLosses(judge: Judge): void {
  if (judge.lost) judge.lastRegistration = "";
  judge.lost = false;
}

export function judgeSent({ people, holds, ...judge }: Judge, { events, identify }: DeviceRequest): void {
  for (const { external_user_id, anonymous_id, properties } of events) {
    const who = latest(people, people.trackedBy.get(properties.n as number) as Person);
    expect(people.optedOut, "who opted out is left alone").toBe(false);
    if (external_user_id !== undefined) expect(external_user_id, "an event is its user's").toBe(who.userId);
    else {
      expect(holds, "held events wait for their user").toBe(false);
      expect(people.visitors.get(anonymous_id as string)?.number, "or its visitor's").toBe(who.number);
    }
  }
  if (identify !== undefined) judgeIdentify(people, judge, identify);
}

function judgeIdentify(
  people: People,
  { askedIn, everLost }: Pick<Judge, "askedIn" | "everLost">,
  { external_user_id: user, anonymous_id, channels = [] }: DeviceIdentifyBody,
): void {
  if (anonymous_id !== undefined) {
    const visitor = people.visitors.get(anonymous_id) as Person;
    expect(latest(people, visitor).userId, "a visitor becomes the user they are").toBe(user);
  }
  if (people.optedOut) expect(channels.length, "opted out, only that is said").toBeGreaterThan(0);
  for (const { address, opted_in } of channels) {
    const pair = `${user} ${address}`;
    if (!opted_in) {
      // The one that sent it may have been given up since.
      if (!everLost) expect(askedIn, "a token is opted out under the user it was sent for").toContain(pair);
      continue;
    }
    expect(people.optedOut, "who opted out gets no token registered").toBe(false);
    const ofSession = people.persons.filter(({ session }) => session === sessionOf(address));
    const owners = ofSession.map(({ userId }) => userId);
    expect(owners, "a token is never sent under a later person's name").toContain(user);
    askedIn.add(pair);
  }
}

/** What was accepted: order, and no registration twice. An identify that was a probe is sent again in its turn. */
export function judgeAccepted(judge: Judge, { events, identify }: DeviceRequest, isProbe: boolean): void {
  const { arrived, people, lost } = judge;
  for (const { properties } of events) {
    const n = properties.n as number;
    // Others are probed when one failed alone: it is the one that may come later.
    if (!arrived.has(n) && !judge.failedAlone.has(n))
      expect(n, "in the order of the calls").toBeGreaterThan(Math.max(0, ...arrived));
    arrived.add(n);
  }
  const registration = identify?.channels?.filter(({ channel }) => channel === "push").at(-1);
  if (identify === undefined || registration === undefined || isProbe) return;
  const said = JSON.stringify([current(people).session, identify.external_user_id, registration]);
  if (!lost) expect(said, "the same is not said twice").not.toBe(judge.lastRegistration);
  judge.lastRegistration = lost ? "" : said;
}

/** Everything was accepted at last: `tokens` is what the server knows, `user token` → opted in. */
export function judgeTokens({ people, everLost }: Judge, tokens: ReadonlyMap<string, boolean>): void {
  const registered = [...tokens].filter(([, optedIn]) => optedIn).map(([pair]) => pair.split(/ (.*)/)[1]);
  if (!everLost) expect(registered, "a token is one person's").toEqual([...new Set(registered)]);
  const { userId, session } = current(people);
  const wanted = people.optedOut || people.denied ? undefined : people.token;
  for (const [pair, optedIn] of tokens) {
    const [user = "", token = ""] = pair.split(/ (.*)/);
    if (user !== userId || sessionOf(token) !== session) continue;
    const users = people.persons.filter((one) => one.session === session && one.userId !== undefined);
    if (new Set(users.map(({ number }) => number)).size > 1) continue;
    expect(optedIn, `${pair} is wanted or not`).toBe(pair === `${userId} ${wanted}`);
  }
  if (userId !== undefined && wanted !== undefined)
    expect(tokens.get(`${userId} ${wanted}`), "the token is registered").toBe(true);
}
