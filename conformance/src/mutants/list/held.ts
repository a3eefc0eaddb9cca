/** Mistakes of SDKs for edge runtimes about what `waitUntil` holds (contract, section 5). */
import { byDefault, ignoring } from "../hooks/options.ts";
import { unreported } from "../hooks/reports.ts";
import type { Client, How, Mutant } from "../mutant.ts";

type WaitUntil = (promise: Promise<unknown>) => void;

const LONGER_MS = 10_000;
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Gives the platform something else. Made once for each client. */
const holding =
  (begin: (waitUntil: WaitUntil) => WaitUntil): How =>
  () => ({
    options: ({ waitUntil, ...options }) =>
      waitUntil === undefined ? options : { ...options, waitUntil: begin(waitUntil as WaitUntil) },
  });

/** Methods that hold nothing in what they do `unheld`. */
const unheldIn =
  (methods: (client: Client, unheld: <Result>(call: () => Result) => Result) => Partial<Client>): How =>
  () => {
    let isHeld = true;
    const unheld = <Result>(call: () => Result): Result => {
      isHeld = false;
      try {
        return call();
      } finally {
        isHeld = true;
      }
    };
    return {
      options: ({ waitUntil, ...options }) => ({
        ...options,
        waitUntil: (promise: Promise<unknown>) => isHeld && (waitUntil as WaitUntil)(promise),
      }),
      client: (client) => methods(client, unheld),
    };
  };

export const heldMutants: readonly Mutant[] = [
  {
    id: "holds-nothing",
    does: "Never asks for its request to be held, so that delivery ends with the response.",
    how: holding(() => () => {}),
    caughtBy: {
      "wait-until.delivers": /held by waitUntil\.request: missing/,
      "wait-until.delivers-identify": /held by waitUntil\.request: missing/,
      "wait-until.delivers-many": /held by waitUntil\.request: missing/,
    },
  },
  {
    id: "holds-what-it-tracks-only",
    does: "Holds its request for events, but not for who the user is.",
    how: unheldIn(({ identify }, unheld) => ({ identify: (...args) => unheld(() => identify(...args)) })),
    caughtBy: { "wait-until.delivers-identify": /held by waitUntil\.request: missing/ },
  },
  {
    id: "client-of-a-user-holds-nothing",
    does: "Forgets the request behind calls through forUser().",
    how: unheldIn(({ track, identify }, unheld) => ({
      forUser: (userId) => ({
        track: (...args) => unheld(() => track(userId, ...args)),
        identify: (...args) => unheld(() => identify(userId, ...args)),
      }),
    })),
    caughtBy: { "wait-until.delivers-for-user": /held by waitUntil\.request: missing/ },
  },
  {
    id: "holds-once",
    does: "Holds a request for the first thing it tracks, and for nothing that comes later.",
    how: holding((waitUntil) => {
      let held = false;
      return (promise) => {
        if (!held) waitUntil(promise);
        held = true;
      };
    }),
    caughtBy: {
      "wait-until.later-in-the-request": /given: expected 2, got 1/,
      "wait-until.requests-overlap": /held by waitUntil\.b: missing/,
    },
  },
  {
    id: "hold-per-call",
    does: "Gives the platform a promise for each call, whatever comes of the call or of giving it.",
    how: ({ options }) => ({
      client: ({ track }) => ({
        track(...args) {
          track(...args);
          (options.waitUntil as WaitUntil)(Promise.resolve());
        },
      }),
    }),
    caughtBy: {
      "wait-until.once-per-burst": /given: expected 1, got 4/,
      "wait-until.nothing-to-deliver": /held by waitUntil\.request: not expected/,
      "wait-until.throws": /a call threw: track: this request is over/,
    },
  },
  {
    id: "hold-ends-at-once",
    does: "Holds its request for no longer than the call.",
    how: holding((waitUntil) => () => waitUntil(Promise.resolve())),
    caughtBy: {
      "wait-until.until-answered": /open: expected 1, got 0/,
      "wait-until.through-retries": /open: expected 1, got 0/,
      "wait-until.limit-option": /open: expected 1, got 0/,
      "wait-until.hands-over-a-wait": /number of requests: expected 1, got 0/,
    },
  },
  {
    id: "hold-ends-with-the-first-attempt",
    does: "Lets its request go once the first attempt is over, whatever came of it.",
    how: () => {
      const holds: (() => void)[] = [];
      return {
        options: ({ waitUntil, ...options }) => ({
          ...options,
          waitUntil: () => (waitUntil as WaitUntil)(new Promise<void>((resolve) => holds.push(resolve))),
        }),
        fetch: (request, send) =>
          send(request).finally(() =>
            setTimeout(() => {
              for (const end of holds) end();
            }, 0),
          ),
      };
    },
    caughtBy: {
      "wait-until.through-retries": /open: expected 1, got 0/,
      "wait-until.through-retry-after": /open: expected 1, got 0/,
      "wait-until.sends-for-another": /flush should be fulfilled, but is pending/,
    },
  },
  {
    id: "hold-never-ends",
    does: "Leaves it to the platform to end the hold.",
    how: holding((waitUntil) => () => waitUntil(new Promise(() => {}))),
    caughtBy: {
      "wait-until.delivers": /open: expected 0, got 1/,
      "wait-until.until-dropped": /open: expected 0, got 1/,
      "wait-until.shutdown": /open: expected 0, got \d/,
    },
  },
  {
    id: "hold-lasts-an-interval",
    does: "Holds its request for the next interval, though delivery has stopped.",
    how: holding((waitUntil) => (promise) => waitUntil(promise.then(() => later(LONGER_MS)))),
    caughtBy: {
      "wait-until.refused-key": /open: expected 0, got 1/,
      "wait-until.exhausted": /open: expected 0, got 1/,
      "wait-until.interval-given": /open: expected 0, got 1/,
    },
  },
  {
    id: "hold-without-limit",
    does: "Holds its request for as long as it takes, until the platform cuts it off.",
    how: byDefault({ waitUntilTimeoutMs: 2_147_483_647 }),
    caughtBy: { "wait-until.limit": /open: expected 0, got 2/ },
  },
  {
    id: "hold-limit-fixed",
    does: "Takes no notice of waitUntilTimeoutMs.",
    how: ignoring("waitUntilTimeoutMs"),
    caughtBy: { "wait-until.limit-option": /open: expected 0, got 1/ },
  },
  {
    id: "hold-ends-silently",
    does: "Says nothing of what is left at the limit.",
    how: unreported(({ type }) => type === "retry_exhausted"),
    caughtBy: { "wait-until.limit": /errors: expected 1 items, got 0/ },
  },
  {
    id: "limit-loses",
    does: "Throws away what is left at the limit.",
    how: () => {
      let isLost = false;
      return {
        async fetch(request, send) {
          if (isLost) return new Response("{}", { status: 202 });
          return send(request).catch((error) => {
            isLost = true;
            throw error;
          });
        },
      };
    },
    caughtBy: {
      "wait-until.limit-then-next": /stored types: expected 2 items, got 0/,
      "wait-until.hands-over": /stored types: expected 2 items, got 0/,
    },
  },
  {
    id: "flush-holds-nobody",
    does: "Does not hold the request that waits for flush().",
    how: unheldIn(({ flush }, unheld) => ({ flush: () => unheld(() => flush()) })),
    caughtBy: { "wait-until.flush": /held by waitUntil\.b: missing/ },
  },
  {
    id: "requests-end-together",
    does: "Holds every request until what all of them tracked is settled.",
    how: holding((waitUntil) => {
      const held: Promise<unknown>[] = [];
      const all = async () => {
        for (let count = 0; count < held.length; ) {
          count = held.length;
          await Promise.all(held);
        }
      };
      return (promise) => {
        held.push(promise);
        waitUntil(all());
      };
    }),
    caughtBy: { "wait-until.requests-overlap": /a\.open: expected 0, got 1/ },
  },
  {
    id: "delivers-without-wait-until",
    does: "Takes a missing waitUntil for one that it does not need.",
    how: () => ({ options: (options) => ({ waitUntil: () => {}, ...options }) }),
    caughtBy: { "wait-until.absent": /creation error: expected/ },
  },
  {
    id: "disabled-holds",
    does: "Delivers although it is disabled.",
    how: () => ({ options: (options) => ({ ...options, disabled: false }) }),
    caughtBy: { "wait-until.disabled": /number of requests: expected 0, got 1/ },
  },
  {
    id: "attempts-outlast-the-hold",
    does: "Takes the long waits of a server for a request that is held for 25 seconds.",
    how: byDefault({ backoff: { baseMs: 1_000, maxMs: 30_000 } }),
    caughtBy: { "wait-until.attempts-fit": /number of requests: expected 7, got [56]/ },
  },
];
