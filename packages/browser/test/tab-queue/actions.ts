/** Everything that can happen next in a world, and what must hold as it happens. */
import { isHeld } from "@whisperr/core";
import { append, end, leave, scan, start, take } from "../../src/queue/tab-queue.ts";
import { queueOf } from "../../src/storage/keys.ts";
import {
  answerLock,
  die,
  due,
  ensure,
  lookFirst,
  machineOf,
  numberOf,
  open,
  operation,
  type Page,
  RELEASING,
  release,
  type World,
  waits,
} from "./world.ts";

/** How often each thing may happen. What is left out never does. */
export interface Bounds {
  readonly tabs: number;
  readonly pages: number;
  readonly operations: number;
  readonly freezes?: number;
  readonly crashes?: number;
  readonly failures?: number;
  readonly clears?: number;
  readonly shutdowns?: number;
  readonly scans?: boolean;
  /** The lock manager hears of requests in any order. */
  readonly overtakes?: boolean;
  /** The lock manager hears late that a lock was released. */
  readonly isSlow?: boolean;
  /** Events wait for a user, who is named at some point. */
  readonly holds?: boolean;
}

export interface Action {
  readonly name: string;
  run(world: World): void;
}

/** Of a world; each is to be run on a copy. */
export function actionsOf(world: World, bounds: Bounds): Action[] {
  const actions: Action[] = [];
  const may = (holds: boolean, name: string, run: (world: World) => void) => {
    if (holds) actions.push({ name, run });
  };
  for (let tab = 0; tab < bounds.tabs; tab++) {
    const isFree = !world.pages.some((page) => page.tab === tab && page.life === "alive");
    may(isFree && world.pages.length < bounds.pages, `open a page in tab ${tab}`, (w) => open(w, tab));
    world.pages.forEach((page, index) => {
      if (page.tab === tab && page.life === "frozen" && isFree)
        may(true, `thaw ${index}`, (w) => thaw(w, index));
    });
  }
  world.pages.forEach((page, index) => {
    if (page.life === "frozen") may(true, `${index} is evicted`, (w) => die(w, index));
    if (page.life === "alive") pageActions(world, page, index, bounds, may);
  });
  world.requests.forEach((request, at) => {
    const name = `lock ${request.queue} for ${request.page}`;
    if (request.verdict !== undefined) {
      may(true, `${name} is answered: ${request.verdict}`, (w) =>
        answerLock(w, w.requests[at] as World["requests"][number]),
      );
      return;
    }
    // In the order in which they were made, unless pages are far apart.
    const first = world.requests.findIndex((one) => one.queue === request.queue && one.verdict === undefined);
    if (first !== at && bounds.overtakes !== true) return;
    const isFree = world.holders[request.queue] === undefined || world.sabotage === "grantsAlways";
    may(isFree || !waits(world, request), `${name} is looked at`, (w) => {
      (w.requests[at] as World["requests"][number]).verdict = isFree;
      if (isFree) w.holders[request.queue] = request.page;
    });
  });
  for (const [queue, holder] of Object.entries(world.holders)) {
    may(
      holder === RELEASING || world.pages[holder]?.life === "dead",
      `lock ${queue} of ${holder} is freed`,
      (w) => {
        delete w.holders[queue];
      },
    );
  }
  may(world.clears < (bounds.clears ?? 0), "the app clears the storage", clear);
  may(bounds.holds === true && !world.user, "the user is named", (w) => {
    w.user = true;
    w.pages.forEach((page, index) => {
      if (page.life === "alive") release(w, index);
    });
  });
  return actions;
}

function pageActions(
  world: World,
  page: Page,
  index: number,
  bounds: Bounds,
  may: (holds: boolean, name: string, run: (world: World) => void) => void,
): void {
  const { q } = page;
  const queue = (w: World) => machineOf(w, index);
  const isLeft = !q.isHere && !page.isOver;
  may(world.recorded < bounds.operations && !page.isStopping, `${index} records`, (w) => {
    w.recorded++;
    append(queue(w), operation(w.recorded, bounds.holds === true && !w.user));
  });
  for (const most of new Set([1, due(page).length])) {
    may(q.maySend && page.inFlight === 0 && due(page).length > 0, `${index} sends ${most}`, (w) =>
      send(w, index, most),
    );
  }
  may(page.inFlight > 0, `${index} hears that it arrived`, (w) => {
    const now = w.pages[index] as Page;
    const count = now.inFlight;
    w.acknowledged = [...new Set([...w.acknowledged, ...now.q.entries.slice(0, count).map(numberOf)])].sort();
    now.inFlight = 0;
    take(queue(w), 0, count);
  });
  may(page.inFlight > 0 && world.failures < (bounds.failures ?? 0), `${index} hears of a failure`, (w) => {
    w.failures++;
    (w.pages[index] as Page).inFlight = 0;
  });
  may(
    bounds.scans === true && !page.isStopping && q.isHere && q.maySend && q.recovery === "none",
    `${index} scans`,
    (w) => scan(queue(w)),
  );
  may(!isLeft, `${index} is left`, (w) => {
    const had = [q.own, ...q.entries.map(({ key }) => queueOf(key))];
    w.before[page.tab] = [...new Set([...(w.before[page.tab] as string[]), ...had])].sort();
    leave(queue(w));
  });
  may(isLeft, `${index} dies`, (w) => die(w, index));
  may(isLeft && world.freezes < (bounds.freezes ?? 0), `${index} freezes`, (w) => {
    w.freezes++;
    (w.pages[index] as Page).life = "frozen";
  });
  may(!isLeft && world.crashes < (bounds.crashes ?? 0), `${index} crashes`, (w) => {
    w.crashes++;
    for (const { operation, key } of queue(w).entries)
      if (w.storage[key] === undefined) w.excused.push((operation as unknown as { n: number }).n);
    die(w, index);
  });
  const waiting = q.isHere && !q.maySend && !page.hasWaited && (world.left[page.tab]?.length ?? 0) > 0;
  may(waiting, `${index} has waited`, (w) => {
    (w.pages[index] as Page).hasWaited = true;
  });
  may(world.shutdowns < (bounds.shutdowns ?? 0) && !isLeft, `${index} is shut down`, (w) => {
    w.shutdowns++;
    (w.pages[index] as Page).isStopping = true;
  });
  const isOver = page.isStopping && q.isHere && q.maySend && due(page).length === 0 && page.inFlight === 0;
  may(isOver, `${index} ends`, (w) => {
    end(queue(w));
    (w.pages[index] as Page).isOver = true;
  });
}

function thaw(world: World, index: number): void {
  const page = world.pages[index] as Page;
  page.life = "alive";
  page.hasWaited = false;
  start(machineOf(world, index));
}

function clear(world: World): void {
  world.clears++;
  world.storage = {};
  const kept = world.pages
    .filter(({ life, q }) => life === "alive" && q.isHere && q.maySend)
    .flatMap(({ q }) => q.entries.filter(({ key }) => q.queues[queueOf(key)]).map(numberOf));
  for (let n = 1; n <= world.recorded; n++) if (!kept.includes(n)) world.excused.push(n);
}

function send(world: World, index: number, most: number): void {
  lookFirst(world, index);
  const page = world.pages[index] as Page;
  const batch = due(page).slice(0, most);
  if (batch.length === 0) return;
  page.inFlight = batch.length;
  const others = world.pages.filter(
    ({ life, q }, at) => at !== index && life === "alive" && q.isHere && q.maySend,
  );
  for (const entry of batch) {
    const n = numberOf(entry);
    const name = `page ${index} sends ${n}`;
    ensure(!world.acknowledged.includes(n) || world.clears > 0, `${name}, which has arrived`);
    const rival = others.find(({ q }) => q.entries.some((one) => numberOf(one) === n));
    ensure(!page.q.isHere || rival === undefined, `${name}, which a living page has as well`);
    ensure(!isHeld(entry.operation), `${name}, which is held`);
    const { holders } = world;
    const isMine = holders[queueOf(entry.key)] === index;
    ensure(!page.q.isHere || isMine, `${name} without the lock of its queue`);
    if (queueOf(entry.key) === page.q.own && page.q.isHere && !page.hasWaited)
      ensure(!isLate(world, index), `${name} too early`);
  }
}

/** Has a page before it in its tab left something that nobody else has, and that it does not send first? */
function isLate(world: World, index: number): boolean {
  const { tab, q } = world.pages[index] as Page;
  const before = world.before[tab] as string[];
  return Object.entries(world.storage).some(([key, text]) => {
    const holder = world.holders[queueOf(key)];
    const isOthers = holder !== undefined && holder !== index && world.pages[holder]?.life === "alive";
    const isKnown = isOthers || text === "" || q.entries.some((entry) => entry.key === key);
    return before.includes(queueOf(key)) && !isKnown && !text.includes("held");
  });
}
