/** Who holds the device, and what they want: what somebody who watches every call would know. */
import { expect } from "vitest";

/** Someone who holds the device: from a reset, or a change of users, to the next. */
export interface Person {
  readonly number: number;
  /** Persons between two resets share it: the device and its token are passed on. */
  readonly session: number;
  readonly userId: string | undefined;
}

export interface People {
  /** In the order they came; the same person again once their name is known. */
  readonly persons: Person[];
  /** By visitor id. */
  readonly visitors: Map<string, Person>;
  /** By the number of the event. */
  readonly trackedBy: Map<number, Person>;
  /** What they want. */
  token: string | undefined;
  denied: boolean;
  optedOut: boolean;
  /** The visitor whom a reset() under way forgets. */
  leaving: string | undefined;
}

export const newPeople = (): People => ({
  persons: [{ number: 0, session: 0, userId: undefined }],
  visitors: new Map(),
  trackedBy: new Map(),
  token: undefined,
  denied: false,
  optedOut: false,
  leaving: undefined,
});

export const current = ({ persons }: People): Person => persons.at(-1) as Person;

/** `who`, under the name they were given last. */
export const latest = ({ persons }: People, who: Person): Person =>
  persons.filter(({ number }) => number === who.number).at(-1) as Person;

/** A token of today's session. */
export const tokenName = (people: People, number: number): string =>
  `${current(people).session} token-${number}`;

export const sessionOf = (token: string): number => Number(token.split(" ")[0]);

/** `identify(user)`: the same person under their name, or the next one. */
export function becomes(people: People, user: string, token: number | undefined): void {
  const { persons } = people;
  const { userId } = current(people);
  if (userId === undefined) persons.push({ ...current(people), userId: user });
  else if (userId !== user) persons.push({ ...current(people), number: persons.length, userId: user });
  if (token !== undefined) people.token = tokenName(people, token);
}

/** `reset()`: the next person comes, with a token of their own. */
export function leaves(people: People): void {
  const { persons } = people;
  people.token = undefined;
  persons.push({ number: persons.length, session: current(people).session + 1, userId: undefined });
}

/** Who opted out is nobody known on the next page. */
export function isForgotten(people: People): void {
  const { persons } = people;
  persons.push({ number: persons.length, session: current(people).session, userId: undefined });
}

/** The device says that its visitor is `id` now: the one it was, or the next person's. */
export function seeVisitor(people: People, id: string): void {
  const { visitors, leaving } = people;
  // In the middle of a reset(), which may report something before and after it forgets.
  if (leaving !== undefined && leaving !== id) {
    people.leaving = undefined;
    leaves(people);
  }
  const known = visitors.get(id) ?? current(people);
  expect(known.number, "a visitor's id is one person's").toBe(current(people).number);
  visitors.set(id, known);
}
