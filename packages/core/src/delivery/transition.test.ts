import { describe, expect, test } from "vitest";
import { CONFIG, inputName } from "../../test/machine-builders.ts";
import { transition } from "../../test/transition.ts";
import { answers } from "../../test/transition-cases/answers.ts";
import { backoff } from "../../test/transition-cases/backoff.ts";
import { idle } from "../../test/transition-cases/idle.ts";
import { kept } from "../../test/transition-cases/kept.ts";
import { mended } from "../../test/transition-cases/mended.ts";
import { doubtful } from "../../test/transition-cases/probes.ts";
import { sending } from "../../test/transition-cases/sending.ts";
import { starting } from "../../test/transition-cases/starting.ts";
import { stoppedForGood } from "../../test/transition-cases/stopped.ts";
import { throttled } from "../../test/transition-cases/throttled.ts";
import { EVERY_INPUT, type TransitionCase } from "../../test/transition-cases/transition-case.ts";
import { unauthorized } from "../../test/transition-cases/unauthorized.ts";
import { attemptsAlone } from "./flushing.ts";
import type { Machine } from "./machine.ts";
import { initialState, type Phase } from "./state.ts";

const cases = [
  ...starting,
  ...idle,
  ...sending,
  ...answers,
  ...backoff,
  ...throttled,
  ...unauthorized,
  ...doubtful,
  ...mended,
  ...stoppedForGood,
];

// A record, so that a new phase does not compile before it is listed here.
const PHASES: { readonly [P in Phase]: true } = {
  starting: true,
  idle: true,
  sending: true,
  backoff: true,
  throttled: true,
  unauthorized: true,
  stopped: true,
};

const nameOf = ({ given, when, says }: TransitionCase) => `${given.phase}, ${inputName(when)}: ${says}`;

describe("in every phase, every input has one meaning", () => {
  test.each(cases.map((one) => [nameOf(one), one] as const))("%s", (_name, one) => {
    const before = structuredClone(one.given);

    const step = transition(one.given, one.when, CONFIG);

    expect(step.effects).toEqual(one.effects);
    expect(step.state).toEqual({ ...before, ...one.becomes });
    expect(one.given).toEqual(before);
  });
});

describe("without retriesKept", () => {
  test.each(kept.map((one) => [nameOf(one), one] as const))("%s", (_name, one) => {
    const step = transition(one.given, one.when, { ...CONFIG, retriesKept: false });

    expect(step.effects).toEqual(one.effects);
    expect(step.state).toEqual({ ...one.given, ...one.becomes });
  });
});

test("no pair of phase and input is without a test", () => {
  const pairs = Object.keys(PHASES).flatMap((phase) =>
    EVERY_INPUT.map((input) => `${phase}, ${inputName(input)}`),
  );
  const tested = new Set(cases.map(({ given, when }) => `${given.phase}, ${inputName(when)}`));

  expect(pairs.filter((pair) => !tested.has(pair))).toEqual([]);
  expect(pairs).toHaveLength(7 * (10 + 6));
});

test("no two tests have the same name", () => {
  const names = cases.map(nameOf);

  expect(new Set(names).size).toBe(names.length);
});

test("without an interval no timer is armed", () => {
  const config = { ...CONFIG, flushIntervalMs: 0 };
  const timers = cases
    .filter(({ given }) => given.phase !== "throttled")
    .flatMap(({ given, when }) => transition(given, when, config).effects)
    .filter(
      (effect) =>
        effect.type === "wake" && (effect.afterMs === CONFIG.flushIntervalMs || effect.afterMs === 0),
    );

  expect(timers).toEqual([]);
});

test("with more retries an operation must fail alone more often before another one is probed: seven times at most", () => {
  const attempts = [0, 1, 2, 3, 6, 7, 1000].map((maxRetries) =>
    attemptsAlone({ config: { ...CONFIG, maxRetries } } as Machine),
  );

  expect(attempts).toEqual([3, 3, 3, 4, 7, 7, 7]);
});

test("at the start nothing is queued, and nobody waits", () => {
  expect(initialState(CONFIG)).toMatchObject({ phase: "idle", pending: 0, flushes: [] });
});
