/**
 * One partition in one relay. While it has the lease there is a session: a client of core's, whose outbox is filled from the
 * stream. A session ends with its lease, whatever is under way; then the entries are another relay's, or this one's again, from the first
 * that is not settled.
 */
import {
  arrived,
  type Client,
  createClient,
  createMemoryOutbox,
  createTransport,
  type DropReason,
  describeAnswer,
  EFFECTS,
  type Effects,
  flush,
  type Operation,
  read,
  type Said,
  startQueue,
  withdraw,
  within,
} from "@whisperr/core";
import { following, groupOf, type ParsedEntry, parsed, saidIn } from "./following.ts";
import type { RunningRelay } from "./relay.ts";
import { NOTE_EVERY_MS, note } from "./said.ts";
import {
  holdLease,
  type Keys,
  keysOf,
  readEntries,
  releaseLease,
  type Settled,
  settleEntries,
} from "./streams.ts";

export interface Partition {
  readonly relay: RunningRelay;
  readonly keys: Keys;
  /** Entries that are over, and Redis has not heard it. They outlive a session. */
  settled: Settled[];
  /** Undefined while another relay delivers. */
  session: Session | undefined;
  /** When the lease is to be prolonged, on the clock of `performance.now()`. */
  holdAtMs: number;
}

interface Session {
  readonly client: Client;
  /** Of the operations in the outbox. */
  readonly ids: Map<Operation, string>;
  /** What those of `identify()` say. */
  readonly said: Map<Operation, Said>;
  /** When that is noted again, on the clock of `performance.now()`. */
  noteAtMs: number;
  /** The last entry that was read. */
  last: string;
  /** On the clock of `performance.now()`. */
  untilMs: number;
  expiry: unknown;
}

/** Entries that are read at once, and those that may be in memory. */
const READ_COUNT = 500;
const READ_AHEAD = 1_000;

export function createPartition(relay: RunningRelay, name: string): Partition {
  return { relay, keys: keysOf(relay.prefix, name), settled: [], session: undefined, holdAtMs: 0 };
}

/** One look at the lease and the stream. Is there nothing more to do for now? Rejects when Redis fails. */
export async function turn(partition: Partition): Promise<boolean> {
  const { relay } = partition;
  if (performance.now() >= partition.holdAtMs) await hold(partition);
  await tell(partition);
  const { session } = partition;
  if (relay.isStopping || session === undefined) return true;
  if (performance.now() >= session.noteAtMs) {
    await note(relay.command, relay.prefix, [...session.said.values()]);
    session.noteAtMs = performance.now() + NOTE_EVERY_MS;
  }
  return readMore(partition, session);
}

async function hold(partition: Partition): Promise<void> {
  const { relay, keys } = partition;
  // The lease lasts from when Redis hears of it, which is later than this.
  const sinceMs = performance.now();
  // Not as soon as it ends: a relay that stops has no use for one.
  const isMine =
    !(relay.isStopping && partition.session === undefined) &&
    (await holdLease(relay.command, keys, relay.id, relay.leaseMs));
  partition.holdAtMs = sinceMs + relay.leaseMs / (isMine ? 4 : 10);
  const untilMs = sinceMs + relay.leaseMs;
  if (!isMine || performance.now() >= untilMs) return endSession(partition);
  // A lease that had ended before it was prolonged: what was not sent for that reason nobody would ask for again.
  if (partition.session && performance.now() >= partition.session.untilMs) endSession(partition);
  if (partition.session === undefined) {
    partition.session = createSession(partition, untilMs);
  }
  const { session } = partition;
  session.untilMs = untilMs;
  relay.ports.timers.clear(session.expiry);
  session.expiry = relay.ports.timers.set(
    () => endSession(partition),
    Math.max(untilMs - performance.now(), 0),
  );
}

/** Redis hears what is over. */
async function tell(partition: Partition): Promise<void> {
  const { relay, keys, session } = partition;
  const settled = partition.settled.slice(0, READ_COUNT);
  if (settled.length === 0) return;
  // As it is now: what is delivered while Redis is asked has its turn later.
  const waiting = [...saidIn(partition.settled.slice(settled.length)), ...(session?.said.values() ?? [])];
  await settleEntries(relay.command, keys, settled, await following(relay, settled, waiting));
  // Not the first ones: at the end of a relay its last turn may be telling the same.
  const heard = new Set(settled);
  partition.settled = partition.settled.filter((one) => !heard.has(one));
}

async function readMore(partition: Partition, session: Session): Promise<boolean> {
  const { relay, keys } = partition;
  const { client } = session;
  const held = client.outbox.size + partition.settled.length;
  if (held >= READ_AHEAD) return true;
  // With nothing in hand from the beginning: a Redis that was emptied, or has failed over, may name new ones by an earlier time.
  const after = held === 0 ? "0-0" : session.last;
  const entries = await readEntries(relay.command, keys, after, READ_COUNT);
  // The lease may have ended meanwhile.
  if (partition.session !== session) return true;
  const fresh = entries.map(parsed);
  await note(
    relay.command,
    relay.prefix,
    fresh.flatMap(({ said }) => said ?? []),
  );
  if (partition.session !== session) return true;
  let count = 0;
  for (const entry of fresh) {
    session.last = entry.id;
    if (take(partition, session, entry)) count += 1;
  }
  if (count > 0) arrived(client, count);
  return entries.length < READ_COUNT;
}

function take(partition: Partition, session: Session, { id, operation, said }: ParsedEntry): boolean {
  // Delivered, and Redis has not heard it yet.
  if (partition.settled.some((one) => one.id === id)) return false;
  if (operation === undefined) {
    partition.relay.dead += 1;
    partition.settled.push({ id, reason: "corrupt" });
    return false;
  }
  session.ids.set(operation, id);
  if (said) session.said.set(operation, said);
  session.client.outbox.append(operation);
  return true;
}

function createSession(partition: Partition, untilMs: number): Session {
  const { relay } = partition;
  const ids = new Map<Operation, string>();
  const saying = new Map<Operation, Said>();
  const refused = new Map<Operation, DropReason>();
  const effects: Effects = {
    ...EFFECTS,
    drop(machine, offset, count, reason) {
      const { outbox } = machine as Client;
      for (const operation of read(outbox, offset, offset + count)) refused.set(operation, reason);
      EFFECTS.drop(machine as Client, offset, count, reason);
    },
  };
  const onSettled = (operation: Operation) => {
    const id = ids.get(operation);
    // Not when a session ends: then it is not this relay's to say.
    if (id === undefined) return;
    ids.delete(operation);
    const reason = refused.get(operation);
    refused.delete(operation);
    const said = groupOf(operation, saying.get(operation));
    saying.delete(operation);
    if (reason === undefined) relay.delivered += 1;
    else relay.dead += 1;
    const answer = reason && client.answer && describeAnswer(client.answer);
    partition.settled.push({ id, reason, answer, said });
  };
  const client = createClient(
    // Everything that is read is due, and Redis holds what is not.
    { ...relay.options, flushAt: 1, maxQueueSize: Infinity, maxQueueBytes: Infinity },
    createMemoryOutbox(),
    createTransport(relay.options, relay.ports),
    relay.reporter,
    { ...relay.ports, onSettled, isReady: () => performance.now() < session.untilMs },
    { effects },
  );
  const session: Session = {
    client,
    ids,
    said: saying,
    noteAtMs: performance.now() + NOTE_EVERY_MS,
    last: "0-0",
    untilMs,
    expiry: undefined,
  };
  startQueue(client);
  return session;
}

/** The request under way is let go of: what it carries, the next session sends again with the same ids. */
function endSession(partition: Partition): void {
  const { session, relay } = partition;
  partition.session = undefined;
  if (session === undefined) return;
  const { client, ids, said, expiry } = session;
  relay.ports.timers.clear(expiry);
  ids.clear();
  said.clear();
  while (client.outbox.size > 0) {
    client.outbox.remove(client.outbox.size - 1, 1);
    withdraw(client, client.outbox.size);
  }
}

/** Resolves when what is in memory is delivered, or the time is over. */
export async function finish({ session }: Partition, timeoutMs: number): Promise<void> {
  if (session) await within(session.client, timeoutMs, () => flush(session.client));
}

/** Tells Redis what is over, and lets the next relay begin. */
export async function endPartition(partition: Partition): Promise<void> {
  const { relay, keys, session } = partition;
  endSession(partition);
  while (partition.settled.length > 0) await tell(partition);
  if (session) await releaseLease(relay.command, keys, relay.id);
}
