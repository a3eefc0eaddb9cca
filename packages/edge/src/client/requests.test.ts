/** The machine of the requests, as a table: what is, what happens, what becomes of it, and what is asked for. */
import { describe, expect, test } from "vitest";
import { type Effect, type Input, transition } from "../../test/requests/transition.ts";
import type { OpenRequest, RequestsState } from "./requests.ts";

interface Case {
  readonly says: string;
  readonly given: RequestsState;
  readonly when: Input;
  /** What changes; the rest of the state must stay as it is. */
  readonly becomes?: Partial<RequestsState>;
  /** All effects, in order. */
  readonly effects?: readonly Effect[];
}

const has = (id: number, upTo: number): OpenRequest => ({ id, upTo });

/** Requests that stay open; each has one operation, the first one the oldest. */
const open = (...ids: number[]): OpenRequest[] => ids.map((id, i) => has(id, i + 1));

/** Delivery waits for nothing, with requests 1 and 2 open. */
const base: RequestsState = {
  open: open(1, 2),
  caller: 2,
  assigned: 2,
  awaits: "nothing",
  owner: 0,
  isSet: false,
};
const timer = { ...base, awaits: "timer", owner: 2, isSet: true } as const;
const asked = { ...timer, isSet: false } as const;
const sending = { ...base, awaits: "sending", owner: 2 } as const;
const answer = { ...base, awaits: "answer", owner: 2 } as const;

const moveUp = (offset: number, count: number): Input => ({ type: "moveUp", offset, count });
const awaitNext = (awaits: "nothing" | "timer" | "sending"): Input => ({ type: "awaitNext", awaits });
const underWay = (size: number): Input => ({ type: "adjust", size, isUnderWay: true });
const atRest = (size: number): Input => ({ type: "adjust", size, isUnderWay: false });
const came = (id: number): Input => ({ type: "came", id });
const expired = (id: number): Input => ({ type: "expired", id });
const lost = (id: number): Input => ({ type: "lost", id });

/** Whatever delivery waits for. */
const anyTime = ({ given: some, ...one }: Omit<Case, "given"> & { given?: Partial<RequestsState> }): Case[] =>
  [base, timer, sending, answer].map((given) => ({ ...one, given: { ...given, ...some } }));

const leaving: readonly Case[] = [
  ...anyTime({
    says: "what leaves at the front is waited for no longer, and the others move up",
    when: moveUp(0, 1),
    becomes: { open: [has(1, 0), has(2, 1)], assigned: 1 },
  }),
  ...anyTime({
    says: "what leaves behind a batch moves up those behind it only",
    when: moveUp(1, 1),
    becomes: { open: [has(1, 1), has(2, 1)], assigned: 1 },
  }),
  ...anyTime({
    says: "everything may leave",
    when: moveUp(0, 5),
    becomes: { open: [has(1, 0), has(2, 0)], assigned: 0 },
  }),
];

const calls: readonly Case[] = [
  ...anyTime({
    says: "a further operation is waited for by the same request",
    when: underWay(3),
    becomes: { open: [...open(1), has(2, 3)], assigned: 3 },
  }),
  ...anyTime({
    says: "flush() waits for everything",
    given: { assigned: 0 },
    when: underWay(2),
    becomes: { open: [...open(1), has(2, 2)], assigned: 2 },
  }),
  {
    says: "one that finds everything delivered opens nothing",
    given: { ...base, open: [], caller: 3, assigned: 0 },
    when: underWay(0),
  },
  {
    says: "what an earlier client left is nobody's",
    given: { ...base, open: [], caller: 0, assigned: 0 },
    when: underWay(2),
    becomes: { assigned: 2 },
  },
  {
    says: "nothing is waited for that no delivery is under way for",
    given: { ...base, open: [], caller: 3, assigned: 0 },
    when: atRest(1),
    becomes: { assigned: 1 },
  },
  {
    says: "the caller stays open when its first operation had to go for its second",
    given: { ...base, open: [has(2, 0)], assigned: 0 },
    when: underWay(1),
    becomes: { open: [has(2, 1)], assigned: 1 },
  },
];

const deliveryWaits: readonly Case[] = [
  {
    says: "delivery waits for a timer, which nobody has before its step ends",
    given: base,
    when: awaitNext("timer"),
    becomes: { awaits: "timer" },
  },
  {
    says: "delivery wants to send: whatever timer is set means nothing any more",
    given: timer,
    when: awaitNext("sending"),
    becomes: { awaits: "sending", owner: 0, isSet: false },
  },
  {
    says: "a timer that was only asked for is not set any more",
    given: asked,
    when: awaitNext("nothing"),
    becomes: { awaits: "nothing", owner: 0 },
  },
  {
    says: "what was to be sent is not, any more",
    given: sending,
    when: awaitNext("nothing"),
    becomes: { awaits: "nothing", owner: 0 },
  },
  {
    says: "an answer was heard: what follows has no owner yet",
    given: answer,
    when: awaitNext("timer"),
    becomes: { awaits: "timer", owner: 0 },
  },
];

const stepEnds: readonly Case[] = [
  {
    says: "the platform of a new request is told, and the timer is set there too: it has the most time left",
    given: { ...timer, caller: 3 },
    when: underWay(3),
    becomes: { open: open(1, 2, 3), assigned: 3, owner: 3, isSet: false },
    effects: ["open 3", "wake 3"],
  },
  {
    says: "so does a batch that is not under way yet",
    given: { ...sending, caller: 3 },
    when: underWay(3),
    becomes: { open: open(1, 2, 3), assigned: 3, owner: 3 },
    effects: ["open 3", "wake 3"],
  },
  {
    says: "an answer is awaited where its batch was sent",
    given: { ...answer, caller: 3 },
    when: underWay(3),
    becomes: { open: open(1, 2, 3), assigned: 3 },
    effects: ["open 3"],
  },
  {
    says: "a new timer goes to the youngest",
    given: { ...asked, owner: 0 },
    when: underWay(2),
    becomes: { owner: 2 },
    effects: ["wake 2"],
  },
  {
    says: "with the request that is the only one left, for all it knows",
    given: { ...sending, owner: 0, open: open(1) },
    when: underWay(2),
    becomes: { owner: 1 },
    effects: ["wake 1"],
  },
  { says: "what the youngest has stays there", given: timer, when: underWay(2) },
  { says: "it is not woken twice", given: sending, when: underWay(2) },
  { says: "nor for an answer", given: answer, when: underWay(2) },
  { says: "nothing to wait for is nobody's", given: base, when: underWay(2) },
  {
    says: "a request whose operations are settled is let go, others are not",
    given: { ...answer, open: [has(1, 0), has(2, 2)] },
    when: underWay(2),
    becomes: { open: [has(2, 2)] },
    effects: ["close 1"],
  },
  {
    says: "the one that sent, too: the next batch goes out in another",
    given: { ...sending, owner: 0, open: [has(1, 0), has(2, 2)] },
    when: underWay(2),
    becomes: { open: [has(2, 2)], owner: 2 },
    effects: ["close 1", "wake 2"],
  },
  {
    says: "a request whose own operation was taken before one in front of it sees that one through",
    given: { ...sending, owner: 0, open: [has(2, 1)], assigned: 1 },
    when: underWay(1),
    becomes: { owner: 2 },
    effects: ["wake 2"],
  },
  {
    says: "delivery has stopped with everything kept: all are let go",
    given: base,
    when: atRest(2),
    becomes: { open: [] },
    effects: ["close 1", "close 2"],
  },
  {
    says: "a wait that a server asked for then has no owner",
    given: timer,
    when: atRest(2),
    becomes: { open: [], owner: 0, isSet: false },
    effects: ["close 1", "close 2"],
  },
  {
    says: "nor is anybody woken for it",
    given: { ...asked, owner: 0, open: open(1) },
    when: atRest(2),
    becomes: { open: [] },
    effects: ["close 1"],
  },
];

const requestCame: readonly Case[] = [
  {
    says: "the owner sets the timer",
    given: asked,
    when: came(2),
    becomes: { isSet: true },
    effects: ["setTimer 2"],
  },
  {
    says: "the owner sends",
    given: sending,
    when: came(2),
    becomes: { awaits: "answer" },
    effects: ["send 2"],
  },
  { says: "a timer that is set is not set again", given: timer, when: came(2) },
  { says: "a batch under way is not sent again", given: answer, when: came(2) },
  { says: "whoever is not the owner does nothing", given: asked, when: came(1) },
  { says: "whoever is not the owner sends nothing", given: sending, when: came(1) },
  { says: "nothing is to do", given: base, when: came(2) },
];

const deadlines: readonly Case[] = [
  {
    says: "the timer is set in the youngest that is left, which waits for what that one waited for",
    given: timer,
    when: expired(2),
    becomes: { open: [has(1, 2)], owner: 1, isSet: false },
    effects: ["close 2", "wake 1"],
  },
  {
    says: "so does what is to be sent",
    given: sending,
    when: expired(2),
    becomes: { open: [has(1, 2)], owner: 1 },
    effects: ["close 2", "wake 1"],
  },
  {
    says: "a batch under way is cut off",
    given: answer,
    when: expired(2),
    becomes: { open: [has(1, 2)] },
    effects: ["close 2", "cutOff"],
  },
  {
    says: "a batch under way elsewhere is not",
    given: answer,
    when: expired(1),
    becomes: { open: [has(2, 2)] },
    effects: ["close 1"],
  },
  {
    says: "an older one goes, and the youngest keeps what it has",
    given: timer,
    when: expired(1),
    becomes: { open: [has(2, 2)] },
    effects: ["close 1"],
  },
  {
    says: "while delivery waits for nothing, one goes like any other",
    given: base,
    when: expired(2),
    becomes: { open: [has(1, 2)] },
    effects: ["close 2"],
  },
  {
    says: "nobody is left: what stays behind is reported",
    given: { ...answer, owner: 1, open: open(1) },
    when: expired(1),
    becomes: { open: [] },
    effects: ["close 1", "abandon"],
  },
  ...anyTime({ says: "one that was let go before has no deadline", when: expired(7) }),
];

const losses: readonly Case[] = [
  {
    says: "a batch under way is sent again at once, and that is reported: nobody knows what came of it",
    given: answer,
    when: lost(2),
    becomes: { open: [has(1, 2)] },
    effects: ["close 2", "recover"],
  },
  {
    says: "even when nobody is left",
    given: { ...answer, owner: 1, open: open(1) },
    when: lost(1),
    becomes: { open: [] },
    effects: ["close 1", "recover"],
  },
  {
    says: "its timer is set in the youngest that is left",
    given: timer,
    when: lost(2),
    becomes: { open: [has(1, 2)], owner: 1, isSet: false },
    effects: ["close 2", "wake 1"],
  },
  {
    says: "what it never came to send is sent elsewhere",
    given: sending,
    when: lost(2),
    becomes: { open: [has(1, 2)], owner: 1 },
    effects: ["close 2", "wake 1"],
  },
  {
    says: "when nobody is left, the next request finds the timer",
    given: { ...timer, owner: 1, open: open(1) },
    when: lost(1),
    becomes: { open: [], owner: 0, isSet: false },
    effects: ["close 1"],
  },
  {
    says: "while delivery waits for nothing, nothing moves",
    given: base,
    when: lost(2),
    becomes: { open: [has(1, 2)] },
    effects: ["close 2"],
  },
  ...anyTime({ says: "one that was let go before cannot be lost", when: lost(7) }),
];

const cases = [...leaving, ...calls, ...deliveryWaits, ...stepEnds, ...requestCame, ...deadlines, ...losses];
const nameOf = ({ given, when, says }: Case) => `${given.awaits}, ${when.type}: ${says}`;

describe("whatever delivery waits for, every input has one meaning", () => {
  test.each(cases.map((one) => [nameOf(one), one] as const))("%s", (_name, one) => {
    const before = structuredClone(one.given);

    const step = transition(one.given, one.when);

    expect(step.effects).toEqual(one.effects ?? []);
    expect(step.state).toEqual({ ...before, ...one.becomes });
    expect(one.given).toEqual(before);
  });
});

test("no pair of what delivery waits for and an input is without a test", () => {
  const inputs = ["moveUp", "awaitNext", "adjust", "came", "expired", "lost"];
  const pairs = ["nothing", "timer", "sending", "answer"].flatMap((awaits) =>
    inputs.map((input) => `${awaits}, ${input}`),
  );
  const tested = new Set(cases.map(({ given, when }) => `${given.awaits}, ${when.type}`));

  expect(pairs.filter((pair) => !tested.has(pair))).toEqual([]);
});

test("no two tests have the same name", () => {
  const names = cases.map(nameOf);

  expect(new Set(names).size).toBe(names.length);
});
