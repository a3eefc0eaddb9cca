/**
 * One device in many hands, driven beside what a person would say must hold: who did what, on whose behalf may anything
 * be sent, and what a server must know in the end. It looks at requests and at the books, at nothing inside.
 */
import { expect } from "vitest";
import type { WhisperrOptions } from "../src/options.ts";
import { type DeviceFixture, deviceFixture, imbalance, newProfile } from "./device-fixture.ts";
import { forgetLosses, judgeAccepted, judgeSent, judgeTokens, lose, newJudge } from "./device-judge.ts";
import { becomes, current, isForgotten, leaves, newPeople, seeVisitor, tokenName } from "./device-people.ts";
import { type DeviceRequest, deviceServer } from "./device-server.ts";
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

export type Action = Step | { readonly do: "callBack"; readonly step: CallBack };

export interface DeviceWorld {
  take(step: Step): Promise<void>;
  /** The next error finds an app that does this. */
  callBack(step: CallBack): void;
  /** The server takes everything from here on, and the app says again what it said last. */
  heal(): Promise<void>;
}

/** Unlike every wait of the machine's, so that the two can be told apart. */
export const REQUEST_TIMEOUT_MS = 123_456;

/** More turns than the longest run needs until everything is out. */
const MAX_TURNS = 100;

export function deviceWorld(options: Partial<WhisperrOptions>, holds: boolean): DeviceWorld {
  const people = newPeople();
  const judge = newJudge(people, holds);
  const callBacks: CallBack[] = [];
  const failures: unknown[] = [];
  let lastEvent = 0;

  const server = deviceServer((request) =>
    noteFailure(() => {
      expect(server.open(), "one request at a time").toHaveLength(1);
      judgeSent(judge, request);
    }),
  );
  const profile = watched(newProfile(), (id) => noteFailure(() => seeVisitor(people, id)));
  let fixture = open(undefined);

  function open(adopted: readonly string[] | undefined): DeviceFixture {
    const all = { ...options, onError };
    return deviceFixture({ options: all, device: { holds }, profile, server, ...(adopted && { adopted }) });
  }

  /** What happens inside the client must not be thrown there. */
  function noteFailure(assertions: () => void): void {
    try {
      assertions();
    } catch (failure) {
      failures.push(failure);
    }
  }

  function onError({ type }: { readonly type: string }): void {
    if (type === "dropped") lose(judge);
    const step = callBacks.shift();
    if (step !== undefined) call(step);
  }

  function call(step: CallBack): void {
    const { client } = fixture;
    switch (step.do) {
      case "track":
        people.trackedBy.set(++lastEvent, current(people));
        return client.track("thing_done", { n: lastEvent });
      case "identify":
        return identify(step);
      case "setPushToken":
        people.token = tokenName(people, step.token);
        return client.setPushToken(people.token);
      case "setPushPermission":
        people.denied = step.permission === "denied";
        return client.setPushPermission(step.permission);
      case "optOut":
        if (!people.optedOut) lose(judge);
        people.optedOut = true;
        return client.optOut();
      case "optIn":
        people.optedOut = false;
        return client.optIn();
      case "reset":
        // Of whoever has opted out no visitor is stored, whose going could be seen.
        if (people.optedOut) leaves(people);
        return whileLeaving(visitorOf(profile.identity), () => client.reset());
      case "flush":
        return void client.flush();
    }
  }

  function identify({ user, token }: Extract<Step, { readonly do: "identify" }>): void {
    const given = token === undefined ? {} : { pushToken: tokenName(people, token) };
    if (!people.optedOut) becomes(people, user, token);
    // Another user is another visitor, and no reset() that is under way has made them.
    const isLeaving = people.leaving !== undefined;
    whileLeaving(undefined, () => fixture.client.identify(user, given));
    if (isLeaving) people.leaving = visitorOf(profile.identity);
  }

  function whileLeaving(visitor: string | undefined, call: () => unknown): void {
    people.leaving = visitor;
    call();
    people.leaving = undefined;
  }

  function restart(arrives: boolean): void {
    for (const request of server.open()) {
      request.aborted = true;
      lose(judge);
      if (!arrives) continue;
      request.arrive();
      for (const { properties } of request.events) judge.arrived.add(properties.n as number);
    }
    if (people.optedOut) isForgotten(people);
    fixture = open(fixture.stored());
  }

  async function check(): Promise<void> {
    await settle();
    if (failures.length > 0) throw failures[0];
    expect(imbalance(fixture), "the books are in order").toBe(0);
    if (fixture.stored().length === 0) forgetLosses(judge);
    expect(fixture.client.stats().pending, "pending is what is stored").toBe(fixture.stored().length);
  }

  function answer(status: number): void {
    const [request] = server.open();
    const [only, ...others] = request?.events ?? [];
    if (only && others.length === 0 && status >= 300) judge.failedAlone.add(only.properties.n as number);
    const isProbe = request !== undefined && isBehindFront(request);
    request?.answer(status);
    if (request !== undefined && status < 300) noteFailure(() => judgeAccepted(judge, request, isProbe));
  }

  /** Something in front failed alone, an event or an older identify, and the server is asked whether it takes anything at all. */
  function isBehindFront({ identify }: DeviceRequest): boolean {
    const [front] = fixture.stored();
    if (identify === undefined || front === undefined) return false;
    return (JSON.parse(front) as { readonly body?: string }).body !== JSON.stringify(identify);
  }

  function fireTimer(): void {
    const delay = fixture.timers.delays().find((one) => one !== REQUEST_TIMEOUT_MS);
    if (delay !== undefined) fixture.timers.fire(delay);
  }

  async function take(step: Step): Promise<void> {
    if (step.do === "answer") answer(step.status);
    else if (step.do === "restart") restart(step.arrives);
    else if (step.do === "fireTimer") fireTimer();
    else call(step);
    await check();
  }

  async function drain(): Promise<void> {
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      if (server.open().length > 0) await take({ do: "answer", status: 202 });
      else if (fixture.loop.queued > 0) await take({ do: "flush" });
      else return;
      if (server.open().length === 0) await take({ do: "fireTimer" });
    }
    expect(fixture.client.stats(), "everything goes out in the end").toBe("empty");
  }

  return {
    take,
    callBack: (step) => void callBacks.push(step),
    async heal() {
      callBacks.length = 0;
      await drain();
      if (people.token !== undefined) fixture.client.setPushToken(people.token);
      fixture.client.setPushPermission(people.denied ? "denied" : "granted");
      if (people.optedOut) fixture.client.optOut();
      await check();
      await drain();
      judgeTokens(judge, server.tokens);
      if (current(people).userId !== undefined && !people.optedOut)
        expect(fixture.client.stats().pending, "nobody is known, so nothing waits").toBe(0);
    },
  };
}

/** Tells of each visitor that is written into the profile, as it is written. */
function watched<P extends { identity: string | null }>(profile: P, onVisitor: (id: string) => void): P {
  let { identity } = profile;
  return Object.defineProperty(profile, "identity", {
    get: () => identity,
    set(text: string | null) {
      identity = text;
      const id = visitorOf(text);
      if (id !== undefined) onVisitor(id);
    },
  });
}

function visitorOf(identity: string | null): string | undefined {
  return (JSON.parse(identity ?? "{}") as { readonly anonymousId?: string }).anonymousId;
}
