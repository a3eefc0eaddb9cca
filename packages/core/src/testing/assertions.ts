/** Assertions about a client for tests: as functions that throw, and as matchers for the `expect` of Vitest, Jest and Bun. */
// Their types by their name, so that declarations hold them once.
import type { EventMap } from "@whisperr/core";
import type { Identified, Recording, Tracked } from "./recording.ts";

/** What an assertion looks at: any `createTestWhisperr()` or `startIngestion()`, whatever its events. */
type Recorded = Pick<Recording<EventMap>, "identified"> & {
  /** All events so far. */
  tracked(): Tracked[];
};

/**
 * Throws unless the event was tracked, with these properties at least, whose values may be `expect.any(Number)` and the like.
 *
 * @example
 * assertTracked(whisperr, "payment_failed", { amount_cents: 4900 });
 */
export function assertTracked(whisperr: Recorded, event: string, properties: object = {}): void {
  const { pass, message } = matchers.toHaveTracked(whisperr, event, properties);
  if (!pass) throw new Error(message());
}

/**
 * Throws unless the user was identified, in one call, with this at least.
 *
 * @example
 * assertIdentified(whisperr, "user_8842", { traits: { plan: "pro" } });
 */
export function assertIdentified(
  whisperr: Recorded,
  userId: string,
  identity: Partial<Omit<Identified, "userId">> = {},
): void {
  const { pass, message } = matchers.toHaveIdentified(whisperr, userId, identity);
  if (!pass) throw new Error(message());
}

/** The types of the matchers, for the interface `Matchers` of the test runner; docs/testing.md has the lines. */
export interface WhisperrMatchers<Result = unknown> {
  /** The event was tracked, with these properties at least. */
  toHaveTracked(event: string, properties?: object): Result;
  /** The user was identified, in one call, with this at least. */
  toHaveIdentified(userId: string, identity?: Partial<Omit<Identified, "userId">>): Result;
}

/** What a matcher answers. */
interface Verdict {
  /** Whether it was recorded. */
  readonly pass: boolean;
  /** For a test that expected otherwise. */
  readonly message: () => string;
}

/**
 * For `expect.extend()`.
 *
 * @example
 * expect.extend(matchers);
 * expect(whisperr).toHaveTracked("payment_failed", { amount_cents: 4900 });
 */
export const matchers = {
  /** See `WhisperrMatchers`. */
  toHaveTracked(this: unknown, whisperr: Recorded, event: string, properties: object = {}): Verdict {
    const tracked = seen(whisperr).tracked();
    const lines = tracked.map((one) => `${one.event} ${JSON.stringify(one.properties)} of ${one.userId}`);
    return verdict(
      tracked.some((one) => one.event === event && holds(one.properties, properties, equalsOf(this))),
      `${event}${asText(properties)} to have been tracked`,
      lines,
    );
  },
  /** See `WhisperrMatchers`. */
  toHaveIdentified(this: unknown, whisperr: Recorded, userId: string, identity: object = {}): Verdict {
    const identified = seen(whisperr).identified();
    const lines = identified.map(({ userId: user, ...rest }) => `${user} ${JSON.stringify(rest)}`);
    return verdict(
      identified.some((one) => one.userId === userId && holds(one, identity, equalsOf(this))),
      `${userId} to have been identified${asText(identity)}`,
      lines,
    );
  },
};

function seen(whisperr: Recorded): Recorded {
  if (typeof (whisperr as Partial<Recorded> | undefined)?.tracked === "function") return whisperr;
  throw new Error("Whisperr: this is no client for tests; make it with createTestWhisperr()");
}

function verdict(pass: boolean, expectation: string, lines: readonly string[]): Verdict {
  const list = lines.length > 0 ? `:\n${lines.map((line) => `  ${line}`).join("\n")}` : " nothing.";
  return { pass, message: () => `Expected ${expectation}${pass ? ", but it was" : ""}. Recorded${list}` };
}

const asText = (expected: object) =>
  Object.keys(expected).length > 0 ? ` with ${JSON.stringify(expected)}` : "";

type Equals = (actual: unknown, expected: unknown) => boolean;

/** The test runner's own, in a matcher. Bun's asymmetric matchers are known to nobody else. */
function equalsOf(runner: unknown): Equals | undefined {
  const { equals } = Object(runner) as { readonly equals?: Equals };
  return equals && ((actual, expected) => equals.call(runner, actual, expected));
}

/** Whether a value as JSON has it is the expected one: of objects, all that is expected. */
function holds(actual: unknown, expected: unknown, equals: Equals = Object.is): boolean {
  const { asymmetricMatch, toJSON } = Object(expected) as {
    asymmetricMatch?: (actual: unknown) => boolean;
    toJSON?: () => unknown;
  };
  if (typeof asymmetricMatch === "function") return asymmetricMatch.call(expected, actual);
  if (typeof toJSON === "function") return holds(actual, toJSON.call(expected), equals);
  if (!isData(expected)) return equals(actual, expected);
  if (typeof actual !== "object" || actual === null) return false;
  if (Array.isArray(expected) && (!Array.isArray(actual) || actual.length !== expected.length)) return false;
  return Object.entries(expected).every(([key, value]) =>
    holds((actual as Record<string, unknown>)[key], value, equals),
  );
}

/** Lists, and objects that have no class but the language's. */
function isData(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}
