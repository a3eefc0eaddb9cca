/** SDKs that are broken on purpose: the real one, with something wrong put between it and its world. */
import type { FetchInit, FetchLike, FetchResponse, Operation, Outbox } from "@whisperr/core";
import type { Sabotage } from "./servers-world.ts";

export interface BrokenSdk extends Sabotage {
  readonly title: string;
  /** What the simulation must say of it. */
  readonly complaint: RegExp;
}

export const BROKEN_SDKS: readonly BrokenSdk[] = [
  {
    title: "empties its queue before the answer",
    complaint: /removed .* (without an answer|while it was being sent)/,
    outbox: removesEarly,
  },
  {
    title: "makes a new id for each attempt",
    complaint: /changed \d+: /,
    fetch: (fetch) => rewriting(fetch, "$message_id"),
  },
  {
    title: "stamps events when it sends them",
    complaint: /changed \d+: |is stamped/,
    fetch: (fetch) => rewriting(fetch, "occurred_at"),
  },
  {
    title: "lets an identify overtake",
    complaint: /sent \d+, not \d+, the next/,
    outbox: overtakes,
  },
  {
    title: "removes one more than was answered",
    complaint: /removed .* without an answer/,
    outbox: (outbox) =>
      changed(outbox, {
        remove: (offset, count) => outbox.remove(offset, Math.min(count + 1, outbox.size)),
      }),
  },
  {
    title: "keeps what was acknowledged",
    complaint: /kept what was acknowledged|sent \d+, not \d+, the next/,
    outbox: (outbox) => changed(outbox, { remove() {} }),
  },
  {
    title: "loses every fiftieth event",
    complaint: /says .*, which is|sent \d+, not \d+, the next/,
    outbox: losesSome,
  },
  {
    title: "has two requests under way",
    complaint: /two requests under way/,
    fetch: (fetch) => (url, init) => {
      void fetch(url, init).catch(() => {});
      return fetch(url, init);
    },
  },
  {
    title: "does not see Retry-After",
    complaint: /before Retry-After is over/,
    fetch: (fetch) => answering(fetch, (response) => ({ ...response, headers: { get: () => null } })),
  },
  {
    title: "drops everything when its key is refused",
    complaint: /removed .* without an answer/,
    fetch: (fetch) => answering(fetch, withStatus(401, 400)),
  },
  {
    title: "takes a firewall's answer for the API's",
    complaint: /still has \d+ waiting/,
    fetch: (fetch) => answering(fetch, withStatus(403, 401)),
  },
  {
    title: "tries again what was refused for good",
    complaint: /sent \d+, not \d+, the next|still has \d+ waiting/,
    fetch: (fetch) => answering(fetch, withStatus(400, 500)),
  },
  {
    title: "takes a broken connection for an answer",
    complaint: /removed .* without an answer/,
    fetch: (fetch) => (url, init) => fetch(url, init).catch(() => ACCEPTED),
  },
  {
    title: "does not back off",
    complaint: /before its backoff can be over/,
    resolved: { backoff: { baseMs: 1, maxMs: 1 } },
  },
  {
    title: "sends more at once than it may",
    complaint: /(events|bytes) at once/,
    resolved: { maxBatchSize: 500, maxBatchBytes: 1_000_000 },
  },
  {
    title: "leaves timers behind",
    complaint: /timers left after shutdown/,
    timers: ({ set }) => ({ set, clear() {} }),
  },
];

const ACCEPTED: FetchResponse = {
  status: 202,
  headers: { get: () => null },
  text: () => Promise.resolve(""),
};

function changed(outbox: Outbox, change: Partial<Omit<Outbox, "size">>): Outbox {
  return {
    get size() {
      return outbox.size;
    },
    append: change.append ?? outbox.append,
    at: change.at ?? outbox.at,
    remove: change.remove ?? outbox.remove,
  };
}

function removesEarly(outbox: Outbox): Outbox {
  let early = 0;
  return {
    get size() {
      return outbox.size + early;
    },
    append: outbox.append,
    at: (index) => outbox.at(Math.max(0, index - early)),
    remove(offset, count) {
      outbox.remove(Math.max(0, offset - early), count - early);
      early = 0;
    },
    inFlight(count) {
      if (count > 0) outbox.remove(0, count);
      early = count;
    },
  };
}

function overtakes(outbox: Outbox): Outbox {
  const at = (index: number): Operation | undefined => {
    const [first, second] = [outbox.at(0), outbox.at(1)];
    if (first?.kind !== "track" || second?.kind !== "identify" || index > 1) return outbox.at(index);
    return index === 0 ? second : first;
  };
  return changed(outbox, { at });
}

/** The one before it stands in its place, so that its number says nothing. */
function losesSome(outbox: Outbox): Outbox {
  let appended = 0;
  let before: Operation | undefined;
  const append = (operation: Operation) => {
    outbox.append(++appended % 50 === 0 && before ? before : operation);
    before = operation;
  };
  return changed(outbox, { append });
}

/** Each request with another value of this name in its body. */
function rewriting(fetch: FetchLike, name: string): FetchLike {
  let requests = 0;
  return (url, init) => {
    requests++;
    const body = init.body.replace(new RegExp(`("\\${name}":"[^"]*)\\d`, "g"), `$1${requests % 10}`);
    return fetch(url, { ...init, body } as FetchInit);
  };
}

function answering(fetch: FetchLike, change: (response: FetchResponse) => FetchResponse): FetchLike {
  return async (url, init) => change(await fetch(url, init));
}

const withStatus =
  (status: number, instead: number) =>
  (response: FetchResponse): FetchResponse =>
    response.status === status ? { ...response, status: instead } : response;
