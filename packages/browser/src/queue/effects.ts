/** Carries out what the machine of the tab queue asks for: storage, locks, and what the client has to know. */
import { adopt, parseOperation, syncIdentity, transmit, withdraw } from "@whisperr/core";
import type { Page } from "../page/page.ts";
import { LEFT, queueOf, RECORD, TIME_LENGTH, timeOf } from "../storage/keys.ts";
import type { Copy, Storage } from "../storage/storage.ts";
import { readInFlight } from "./in-flight.ts";
import type { Whose } from "./locks.ts";
import { sayNewest } from "./newest.ts";
import { readLocked, whenFree } from "./recovery.ts";
import type { Effects } from "./state.ts";
import { found, lockAnswered } from "./tab-queue.ts";

/** Of a queue id: something that no other page draws in the same millisecond. Before it stands when it was made. */
const RANDOM_LENGTH = 6;

/** Pages of a tab that may still have their locks, and then some. */
const MAX_LEFT = 30;

export function effectsOf(page: Page): Effects {
  const { storage, tab } = page;
  const ends: { [queue: string]: () => void } = {};
  const left = () => (tab.get(LEFT) ?? "").split(" ");
  /** Of pages that were left, in this tab or another one, with something in flight. */
  let leftInFlight: string[] = [];
  /** Records there were when a queue was begun. */
  let waiting = 0;

  return {
    ...storage,
    newId() {
      // Later than every queue there is, whatever the clock says.
      const records = recordsOf(storage.keys());
      waiting = records.length;
      let latest = "";
      // Not sorted: with a thousand of them, that takes a phone 3 ms.
      for (const key of records) if (key > latest) latest = key;
      const time = Math.floor(Math.max(page.nowMs(), (timeOf(queueOf(latest)) || 0) + 1));
      return time.toString(36).padStart(TIME_LENGTH, "0") + page.uuid().slice(0, RANDOM_LENGTH);
    },
    requestLock(queue) {
      let whose: Whose = queue === page.own ? "own" : "other";
      if (!page.maySend && leftInFlight.includes(queue)) whose = "closed";
      if (!page.maySend && left().includes(queue)) whose = "left";
      const answer = (isGranted: boolean) => lockAnswered(page, queue, isGranted);
      ends[queue] = page.locks.request(queue, whose, answer);
    },
    find: () =>
      whenFree(page, waiting, () =>
        withKeys(storage, (keys, records) => {
          const queues = new Set(records.map(queueOf));
          // A page that has started looks again later, rather than wait.
          const running = readInFlight(page, keys).filter(({ leftMs }) => leftMs > 0);
          if (page.maySend) for (const { last } of running) queues.delete(queueOf(last));
          leftInFlight = running.filter(({ isLeft }) => isLeft).map(({ last }) => queueOf(last));
          // The oldest first: not all of them are named when the page is left.
          found(page, [...queues].sort());
        }),
      ),
    readLocked: () => withKeys(storage, (...found) => readLocked(page, ...found)),
    // Another page may have taken this one's records, and then has a note of what it sends of them.
    isAlone: () => storage.keys().every((key) => !/^[fq]\./.test(key) || queueOf(key) === page.own),
    letGo(queues) {
      tab.set(LEFT, [...new Set([...queues, ...left()])].slice(0, MAX_LEFT).join(" "));
      for (const queue of queues) ends[queue]?.();
    },
    revoked: (index) => withdraw(page, index),
    joined(due, held, doubtful) {
      // Its page may have ended before the link had taken so much at a time, and so may this one.
      if (doubtful > 0) page.bodyBytes /= 4;
      adopt(page, due, held, doubtful);
      // With nothing queued there is nothing to see to, and no visitor to be made for it.
      if (page.entries.length > 0) syncIdentity(page);
      page.device.pushing?.reconcile(page, () => everythingThatWaits(page));
      sayNewest(page);
      void transmit(page);
    },
  };
}

/** With all keys there are, those of records among them, and the durable copy of these, where there is one. All of it in any order. */
function withKeys(
  { backup, keys: list }: Storage,
  task: (keys: readonly string[], records: readonly string[], copy?: Copy) => void,
): void {
  const go = (copy?: Copy) => {
    const keys = list();
    task(keys, recordsOf(copy ? [...new Set([...keys, ...copy.keys()])] : keys), copy);
  };
  if (backup) void backup().then(go);
  else go();
}

/** In the queues of all pages, and what found no room in the storage. */
const everythingThatWaits = ({ storage, entries }: Page) => [
  ...recordsOf(storage.keys()).flatMap((key) => parseOperation(storage.get(key) ?? "") ?? []),
  ...entries.filter(({ isStored }) => !isStored).map(({ operation }) => operation),
];

const recordsOf = (keys: readonly string[]): string[] => keys.filter((key) => key.startsWith(RECORD));
