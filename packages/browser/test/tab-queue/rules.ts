/** What holds in every world, whatever happened on the way there. */
import { isHeld } from "@whisperr/core";
import { leave, take } from "../../src/queue/tab-queue.ts";
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
  type Page,
  type World,
} from "./world.ts";

export function checkWorld(world: World): void {
  checkLocks(world);
  checkOrder(world);
  checkStored(world);
  checkEnd(JSON.parse(JSON.stringify(world)) as World);
}

/** A page that thinks it has a lock has it, and no frozen page has one. */
function checkLocks({ pages, holders }: World): void {
  pages.forEach(({ life, q }, index) => {
    for (const queue of Object.keys(q.queues).filter((one) => q.queues[one]))
      ensure(holders[queue] === index, `page ${index} believes it has the lock of ${queue}`);
    if (life === "frozen")
      ensure(!Object.values(holders).includes(index), `page ${index} is frozen with a lock`);
  });
}

/** Held ones behind all others. Those of each queue are in the order of the calls. */
function checkOrder({ pages }: World): void {
  pages.forEach(({ q }, index) => {
    const firstHeld = q.entries.findIndex(({ operation }) => isHeld(operation));
    if (firstHeld >= 0)
      ensure(
        q.entries.slice(firstHeld).every(({ operation }) => isHeld(operation)),
        `page ${index} sends held ones`,
      );
    const keys = q.entries.map(({ key }) => key);
    keys.forEach((key, at) => {
      const isLate = keys.slice(0, at).some((one) => queueOf(one) === queueOf(key) && one > key);
      ensure(!isLate, `page ${index} has ${key} out of order`);
    });
  });
}

/** Every operation is stored, or was acknowledged, or a living page will store it again. */
function checkStored(world: World): void {
  const stored = new Set(
    Object.values(world.storage)
      .filter(Boolean)
      .map((text) => (JSON.parse(text) as { n: number }).n),
  );
  for (let n = 1; n <= world.recorded; n++) {
    if (stored.has(n) || world.acknowledged.includes(n) || world.excused.includes(n)) continue;
    const isInHand =
      world.clears > 0 &&
      world.pages.some(
        ({ life, q }) =>
          life === "alive" &&
          q.entries.some((entry) => numberOf(entry) === n && q.queues[queueOf(entry.key)]),
      );
    ensure(isInHand, `operation ${n} is nowhere`);
  }
}

/** When everybody leaves, the next page sends what is left, once and in order, and leaves nothing behind. */
function checkEnd(world: World): void {
  world.pages.forEach((page, index) => {
    if (page.life === "alive") leave(machineOf(world, index));
    if (page.life !== "dead") die(world, index);
  });
  world.holders = {};
  world.user = true;
  open(world, 0);
  const index = world.pages.length - 1;
  const page = world.pages[index] as Page;
  for (let request = world.requests[0]; request !== undefined; request = world.requests[0]) {
    world.holders[request.queue] = index;
    request.verdict = true;
    answerLock(world, request);
  }
  ensure(page.q.maySend, "the last page never starts");
  const sent: number[] = [];
  while (due(page).length > 0) {
    lookFirst(world, index);
    sent.push(...due(page).slice(0, 1).map(numberOf));
    take(machineOf(world, index), 0, 1);
  }
  for (let n = 1; n <= world.recorded; n++) {
    const times = sent.filter((one) => one === n).length;
    const isKnown = world.acknowledged.includes(n);
    if (world.clears === 0) ensure(times === (isKnown ? 0 : 1), `in the end, ${n} is sent ${times} times`);
    else ensure(times > 0 || isKnown || world.excused.includes(n), `in the end, ${n} is lost`);
  }
  ensure(Object.keys(world.storage).length === 0, `left in the storage: ${JSON.stringify(world.storage)}`);
}
