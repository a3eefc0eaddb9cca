/** Sees every call, every write and every request of all pages, and notes what must never happen. */
import {
  acknowledge,
  answerCameToNothing,
  changedBytes,
  FEWEST_ATTEMPTS_ALONE,
  noTraffic,
  type Request as Sent,
  sentAgain,
} from "@whisperr/conformance/invariants/traffic.ts";
import type { Request } from "./page-network.ts";

/** A page, as far as it can be held responsible. */
export interface Responsible {
  readonly name: string;
  /** The visit it belongs to: pages of one tab that follow each other. */
  readonly visit: number;
  readonly isAlive: boolean;
  /** Hidden, or left: it has no time to wait for answers. */
  readonly isGoing: boolean;
  /** How often others were allowed to take over what it had. */
  readonly suspensions: number;
}

/** What the app recorded. */
export interface Recorded {
  readonly number: number;
  readonly page: Responsible;
  readonly visit: number;
  readonly isPoison: boolean;
  /** Whose it is; undefined where several answers are right. */
  readonly owner: { readonly userId?: string; readonly anonymousId?: string } | undefined;
  /** It never got into a queue, and the app could know. */
  readonly isRefused: boolean;
  /** Of an identify: whom. */
  readonly user?: string | undefined;
}

export interface Witness {
  readonly violations: string[];
  readonly recorded: ReadonlyMap<number, Recorded>;
  /** Of one page only: no room in the storage, or the page died in the call. */
  readonly unstored: ReadonlySet<number>;
  /** Those a page of another visit had in its hands, and identifies that were said again. */
  readonly strayed: ReadonlySet<number>;
  /** Stored nowhere when their page was left: the next one cannot know that they come first. */
  readonly adrift: ReadonlySet<number>;
  /**
   * Sent behind another request that had no answer yet: that one may fail, or arrive later. And a probe behind what failed alone
   * again and again.
   */
  readonly ahead: ReadonlySet<number>;
  /** The user that a visitor became. */
  readonly users: ReadonlyMap<string, string>;
  record(call: Recorded): void;
  wrote(key: string, text: string, isStored: boolean): void;
  /** The page has the lock of the queue, and recovers what stands in it. */
  took(page: Responsible, queue: string): void;
  sent(page: Responsible, request: Request): void;
  unsent(page: Responsible, operations: Request["operations"]): void;
  acknowledged(page: Responsible, request: Request): void;
  /** The visitor goes on elsewhere. */
  left(page: Responsible): void;
  /** In the middle of something: an answer it has just got may have come to nothing. */
  died(page: Responsible): void;
  /** What went on has ended: who got an answer has acted on it. */
  pause(): void;
  /** A page has written without end, and is to be stopped. */
  isEndless(page: Responsible): boolean;
}

export interface WitnessPorts {
  /** Pages see each other's changes at once, so nothing excuses two that send the same. */
  readonly isStrict: boolean;
  readonly nowMs: () => number;
  /** Gets to know what happens, line by line. */
  readonly tell: (line: string) => void;
}

interface Attempt {
  readonly page: Responsible;
  readonly suspensions: number;
  readonly isGoing: boolean;
  /** Others can know that it is in flight. Where the storage is full, they cannot. */
  readonly isNoted: boolean;
}

const NUMBER = /\\?"n\\?":(\d+)/;

/** What is said of a token by itself has no number. */
const NUMBERLESS = -1;

const frontOf = ([first]: Request["operations"]): number => first?.key ?? NUMBERLESS;

/** Many times what a page does that starts with a full queue. */
const MOST_WRITES = 20_000;

/** All pages have heard of an opt-out after this long. */
const OPT_OUT_HEARD_MS = 50;

export function createWitness({ isStrict, nowMs, tell }: WitnessPorts): Witness {
  const violations: string[] = [];
  const recorded = new Map<number, Recorded>();
  const unstored = new Set<number>();
  const strayed = new Set<number>();
  const adrift = new Set<number>();
  const ahead = new Set<number>();
  const users = new Map<string, string>();
  const traffic = noTraffic();
  /** As the rules know them. */
  const known = new Map<Request, Sent>();
  const attempts = new Map<number, Attempt[]>();
  const open = new Map<Responsible, Request>();
  /** What each page sent alone last, and how often in a row. */
  const alone = new Map<Responsible, { readonly key: number; readonly times: number }>();
  const queues = new Map<string, Set<number>>();
  /** Keys under which an operation was stored. */
  const records = new Map<number, Set<string>>();
  let fresh: { readonly page: Responsible; readonly request: Sent }[] = [];
  /** Since the last pause. */
  let writes = 0;
  let optedOutAtMs = Number.POSITIVE_INFINITY;
  /** As it is stored. */
  let identity = "";
  /** Of the last note of what is in flight, which a page writes just before it sends. */
  let isNoted = true;

  function noteProbe(page: Responsible, operations: Request["operations"]): void {
    const key = frontOf(operations);
    const front = alone.get(page);
    const isSame = front?.key === key;
    const isOne = operations.length <= 1;
    if (isOne && !isSame && (front?.times ?? 0) >= FEWEST_ATTEMPTS_ALONE)
      ahead.add(key).add(front?.key as number);
    // What leaves before its turn, as the page goes, says nothing of the front: what that failed in still counts when the page is back.
    else if (page.isGoing && front !== undefined && !isSame) return;
    else if (isOne) alone.set(page, { key, times: isSame ? front.times + 1 : 1 });
    else alone.delete(page);
  }

  function sent(page: Responsible, request: Request): void {
    const waits = open.get(page)?.isOver === false;
    if (page.isGoing) noteAhead(request);
    noteProbe(page, request.operations);
    if (waits && !page.isGoing) violations.push(`${page.name} has two requests under way`);
    tell(`${page.name} sends ${request.operations.map(({ key }) => key)}`);
    open.set(page, request);
    const mine = { name: page.name, operations: request.operations };
    known.set(request, mine);
    violations.push(
      ...changedBytes(traffic, mine),
      ...(isStrict && !request.isIdentify ? sentAgain(traffic, mine) : []),
    );
    for (const { key } of request.operations) {
      const earlier = attempts.get(key) ?? [];
      // The newest identify may be said again by whoever has sent an older one late: in a record of its own.
      const isSaidAgain = request.isIdentify && (records.get(key)?.size ?? 0) > 1;
      if (!isSaidAgain && !(request.isIdentify && traffic.acknowledgedBy.has(key))) check(page, key, earlier);
      const { suspensions, isGoing } = page;
      attempts.set(key, [...earlier, { page, suspensions, isGoing, isNoted }]);
    }
  }

  /** What an earlier page of the visit had in flight, or this one has, is not waited for. A page may have been in several visits. */
  function noteAhead({ operations }: Request): void {
    const here = new Set(operations.map(({ key }) => key));
    for (const key of here) {
      const waitsFor = ({ number, visit }: Recorded) =>
        visit === recorded.get(key)?.visit &&
        number < key &&
        !here.has(number) &&
        !traffic.acknowledgedBy.has(number);
      if ([...recorded.values()].some(waitsFor)) ahead.add(key);
    }
  }

  const isBack = (page: Responsible, { operations }: Request): boolean =>
    !page.isGoing &&
    operations.some(({ key }) =>
      attempts
        .get(key)
        ?.some((one) => one.page === page && one.isGoing && one.suspensions < page.suspensions),
    );

  function check(page: Responsible, number: number, earlier: readonly Attempt[]): void {
    if (!recorded.has(number)) violations.push(`${page.name} sent ${number}, which nobody recorded`);
    if (nowMs() > optedOutAtMs + OPT_OUT_HEARD_MS)
      violations.push(`${page.name} sent ${number} after the user had opted out`);
    if (!isStrict) return;
    for (const { page: other, suspensions, isGoing, isNoted: wasNoted } of earlier) {
      const had = other.isAlive && other.suspensions === suspensions && (wasNoted || !isGoing);
      if (other !== page && had)
        violations.push(`${page.name} sent ${number}, which living ${other.name} has`);
    }
  }

  return {
    violations,
    recorded,
    unstored,
    strayed,
    adrift,
    ahead,
    users,
    record(call) {
      tell(`${call.page.name} records ${call.number}`);
      recorded.set(call.number, call);
    },
    wrote(key, text, isStored) {
      writes++;
      tell(`wrote ${key} ${text.slice(0, 150)}`);
      const [kind, queue = ""] = key.split(".");
      if (kind === "f") isNoted = isStored;
      if (kind === "id") {
        noteUser(text, users);
        // A full storage tells nobody, and what stands there already is no news.
        if (!text.includes('"optedOut"')) optedOutAtMs = Number.POSITIVE_INFINITY;
        else if (isStored && text !== identity) optedOutAtMs = Math.min(optedOutAtMs, nowMs());
        if (isStored) identity = text;
      }
      const number = Number(NUMBER.exec(text)?.[1]);
      if (kind !== "q" || Number.isNaN(number)) return;
      if (isStored) unstored.delete(number);
      else unstored.add(number);
      queues.set(queue, (queues.get(queue) ?? new Set()).add(number));
      const keys = (records.get(number) ?? new Set()).add(key);
      records.set(number, keys);
      // An identify that is said again, by whoever settled an older one, comes before its turn.
      if (keys.size > 1 && recorded.get(number)?.user !== undefined) strayed.add(number);
    },
    took(page, queue) {
      tell(`${page.name} has the lock of ${queue}`);
      for (const number of queues.get(queue) ?? []) {
        if (recorded.get(number)?.visit !== page.visit) strayed.add(number);
      }
    },
    sent,
    unsent: noteProbe,
    acknowledged(page, request) {
      if (alone.get(page)?.key === frontOf(request.operations)) alone.delete(page);
      tell(`${page.name} hears that ${request.operations.map(({ key }) => key)} arrived`);
      const mine = known.get(request);
      // What a page had sent as it went is another one's, perhaps, now that it comes back.
      if (mine === undefined || isBack(page, request)) return;
      acknowledge(traffic, mine);
      fresh.push({ page, request: mine });
    },
    left(page) {
      for (const number of unstored) {
        if (recorded.get(number)?.page === page) adrift.add(number);
      }
    },
    died(page) {
      tell(`${page.name} dies`);
      for (const one of fresh) if (one.page === page) answerCameToNothing(traffic, one.request);
    },
    pause() {
      fresh = [];
      writes = 0;
    },
    isEndless({ name }) {
      if (writes < MOST_WRITES) return false;
      violations.push(`${name} never stops writing`);
      return true;
    },
  };
}

function noteUser(text: string, users: Map<string, string>): void {
  const { userId, anonymousId } = JSON.parse(text) as { userId?: string; anonymousId: string };
  if (userId !== undefined) users.set(anonymousId, userId);
}
