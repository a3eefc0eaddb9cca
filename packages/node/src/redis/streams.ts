/**
 * What is in Redis, and the scripts that change it. Each partition is a stream of operations; what belongs to one partition has
 * one hash tag, so that a cluster keeps it on one machine.
 *
 * | Key                          | What it holds                                                                  |
 * | ---------------------------- | ------------------------------------------------------------------------------ |
 * | `whisperr:partitions`        | the numbers of the partitions that producers use                               |
 * | `{whisperr:0}:stream`        | operations that wait; delivered ones are removed                               |
 * | `{whisperr:0}:lease`         | the relay that delivers the partition, for as long as its lease lasts          |
 * | `{whisperr:0}:dead`          | what the API refused for good, with the reason                                 |
 * | `{whisperr:0}:seen:<id>`     | how far one hand-over came, until its producer knows it                        |
 * | `{whisperr:said}:<user>`     | what the last ten `identify()` of a user said, and when, for a day             |
 * | `{whisperr:said}`            | whose these are, and when they were noted                                      |
 */
import type { Said } from "@whisperr/core";
import type { Command } from "./client.ts";

/** Operations in a dead-letter stream; beyond it the oldest go. */
const MAX_DEAD = 100_000;

/** How long a producer may be in doubt whether Redis has what it handed over. */
const SEEN_SECONDS = 86_400;

export interface Keys {
  readonly stream: string;
  readonly lease: string;
  readonly dead: string;
  readonly seen: (id: string) => string;
}

export function keysOf(prefix: string, partition: string): Keys {
  const tag = `{${prefix}:${partition}}`;
  return {
    stream: `${tag}:stream`,
    lease: `${tag}:lease`,
    dead: `${tag}:dead`,
    seen: (id) => `${tag}:seen:${id}`,
  };
}

/** Of all partitions: those of one user may stand in several. */
export function saidKeys(prefix: string): {
  readonly users: string;
  readonly ofUser: (user: string) => string;
} {
  const users = `{${prefix}:said}`;
  return { users, ofUser: (user) => `${users}:${user}` };
}

export const partitionsKey = (prefix: string): string => `${prefix}:partitions`;

/** One operation of a hand-over: `key` and `number` are the same in every attempt. */
export interface Appended {
  readonly key: string;
  readonly number: number;
  readonly text: string;
}

/** All or nothing; what an earlier attempt has appended is not appended again. */
const APPEND = `
local last, keys = {}, tonumber(ARGV[2])
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then
  return redis.error_reply('WHISPERR the stream ' .. KEYS[1] .. ' is full: no relay delivers it')
end
for i = 1, keys do last[i] = tonumber(redis.call('GET', KEYS[i + 1]) or '0') end
for i = 4, #ARGV, 3 do
  local key, number = tonumber(ARGV[i - 1]), tonumber(ARGV[i])
  if number > last[key] then
    redis.call('XADD', KEYS[1], '*', 'operation', ARGV[i + 1])
    last[key] = number
  end
end
for i = 1, keys do redis.call('SET', KEYS[i + 1], last[i], 'EX', ${SEEN_SECONDS}) end
for i = keys + 2, #KEYS do redis.call('DEL', KEYS[i]) end
return #ARGV`;

/** `over`: keys of hand-overs that nobody is in doubt of any more. */
export async function appendOperations(
  command: Command,
  { stream }: Keys,
  operations: readonly Appended[],
  over: readonly string[],
  maxLength: number,
): Promise<void> {
  const keys = [...new Set(operations.map(({ key }) => key))];
  const values = operations.flatMap(({ key, number, text }) => [
    `${keys.indexOf(key) + 1}`,
    `${number}`,
    text,
  ]);
  const all = [stream, ...keys, ...over];
  await command("EVAL", APPEND, `${all.length}`, ...all, `${maxLength}`, `${keys.length}`, ...values);
}

const HOLD = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
-- A full Redis takes nothing more, but for a script that has removed something: relays are what makes room.
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

/** Takes the lease, or prolongs it. Is it this relay's now? */
export async function holdLease(
  command: Command,
  { lease }: Keys,
  relay: string,
  leaseMs: number,
): Promise<boolean> {
  return Number(await command("EVAL", HOLD, "1", lease, relay, `${leaseMs}`)) === 1;
}

const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

export async function releaseLease(command: Command, { lease }: Keys, relay: string): Promise<void> {
  await command("EVAL", RELEASE, "1", lease, relay);
}

/** An entry whose operation is over: delivered, or refused for good, and why. */
export interface Settled {
  readonly id: string;
  readonly reason?: string | undefined;
  readonly answer?: string | undefined;
  /** Of an `identify()`. */
  readonly said?: Said | undefined;
}

/** Repeating it changes nothing: an entry becomes one dead letter at most, and what follows it stands in the stream once. */
const SETTLE = `
for i = 2, #ARGV, 4 do
  local id, reason = ARGV[i], ARGV[i + 1]
  local found = reason ~= '' and redis.call('XRANGE', KEYS[1], id, id)[1]
  if redis.call('XDEL', KEYS[1], id) == 1 then
    if found then
      redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[1], '*',
        'operation', found[2][2], 'reason', reason, 'answer', ARGV[i + 2])
    end
    for _, text in ipairs(cjson.decode(ARGV[i + 3])) do redis.call('XADD', KEYS[1], '*', 'operation', text) end
  end
end
return #ARGV`;

/** `following`: operations that are appended as an entry goes, by its id. */
export async function settleEntries(
  command: Command,
  { stream, dead }: Keys,
  settled: readonly Settled[],
  following: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const values = settled.flatMap(({ id, reason = "", answer = "" }) => [
    id,
    reason,
    answer,
    JSON.stringify(following.get(id) ?? []),
  ]);
  await command("EVAL", SETTLE, "2", stream, dead, `${MAX_DEAD}`, ...values);
}

export interface Entry {
  readonly id: string;
  readonly text: string;
}

/**
 * The same answer however often it is asked: a client that lost its connection, and with it a reply, may ask again by itself. So
 * there is no consumer group, to which Redis gives each entry once. A script, for which a cluster asks no replica: one that is
 * behind would still have what was delivered.
 */
const READ = `
local found = redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2] + 1)
if found[1] and found[1][1] == ARGV[1] then table.remove(found, 1) end
return found`;

/** The first behind the entry `after`, `count` of them at least where there are so many. */
export async function readEntries(
  command: Command,
  { stream }: Keys,
  after: string,
  count: number,
): Promise<readonly Entry[]> {
  const entries = await command("EVAL", READ, "1", stream, after, `${count}`);
  if (!Array.isArray(entries)) return [];
  return entries.map(([id, fields]: [unknown, unknown[]]) => ({ id: String(id), text: operationOf(fields) }));
}

/** Some clients are told to give bytes for text. */
function operationOf(fields: readonly unknown[]): string {
  const texts = fields.map(String);
  return `${texts[texts.indexOf("operation") + 1]}`;
}
