/**
 * What the SDK reads and sends is no part of a page. Next.js watches renders: with Cache Components a prerender that asks for
 * the time or for a random number fails, and one that fetches waits for the answer.
 */
import { activeSpan, type FetchLike, type Ports, timersIn } from "@whisperr/core";

type InContext = Ports["inContext"];

interface Host {
  /** Next.js has it there in all its runtimes. */
  readonly AsyncLocalStorage?: { snapshot?(): InContext };
  readonly fetch: FetchLike & {
    /** The platform's, behind that of Next.js. */
    readonly _nextOriginalFetch?: FetchLike;
  };
}

const host = globalThis as unknown as Host;

/** In the context in which this module was loaded: before the first render as a rule. On a busy server it may be in one. */
const outside: InContext = host.AsyncLocalStorage?.snapshot?.() ?? ((run) => run());

/** Wherever this module was loaded: that of Next.js would cache answers, and have a page wait for them. */
export const platformFetch: FetchLike = (url, init) => {
  const { fetch } = host;
  return (fetch._nextOriginalFetch ?? fetch)(url, init);
};

/** To be called before the first call of the app. */
export function leaveRenders(ports: Ports): void {
  const { nowMs, random, uuid, timers, inContext, fetch } = ports;
  Object.assign(ports, {
    nowMs: () => outside(nowMs),
    random: () => outside(random),
    uuid: () => outside(uuid),
    timers: timersIn(outside, timers),
    inContext: (run) => outside(() => inContext(run)),
    fetch: (url, init) => outside(() => fetch(url, init)),
    // This is what a page is part of.
    spanOfCall: activeSpan,
  } satisfies Partial<Ports>);
}
