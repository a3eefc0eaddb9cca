/**
 * The notes in Redis: what `identify()` said, by user, for a day. Producers that are cut off from Redis nobody knows of, so one
 * that is older may always come. Relays note what they are about to send: however two of them get ahead of each other, the one
 * that delivers the older one finds the newer one noted, or that one is sent after it. Which are said again core knows.
 */
import { type Consequences, consequencesOf, MAX_AGAIN, MAX_NOTED_LENGTH, type Said } from "@whisperr/core";
import type { Command } from "./client.ts";
import { type Keys, saidKeys } from "./streams.ts";

/** After they were noted last, traits and addresses are kept no longer. As long a producer may be in doubt whether Redis has what it handed over. */
const KEPT_MS = 86_400_000;
/** Of all users; beyond it those go whose last `identify()` was the longest ago. */
const MAX_USERS = 100_000;

/** What has waited for this long is noted again: an outage of the API may be longer than a note lasts. */
export const NOTE_EVERY_MS = KEPT_MS / 24;

/** Answers the keys of users who are too many. What a user's newest has long replaced goes, however long all of it has waited. */
const NOTE = `
local time = redis.call('TIME')
local now, kept = time[1] * 1000000 + time[2], tonumber(ARGV[1])
for i = 3, #ARGV, 3 do
  local key, at, body = KEYS[tonumber(ARGV[i])], tonumber(ARGV[i + 1]), ARGV[i + 2]
  local known = redis.call('ZSCORE', key, body)
  if not known or tonumber(known) < at then redis.call('ZADD', key, ARGV[i + 1], body) end
  local newest = tonumber(redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', '(' .. string.format('%.0f', newest - kept))
  redis.call('ZREMRANGEBYRANK', key, 0, -${MAX_AGAIN + 1})
  redis.call('PEXPIRE', key, kept)
  redis.call('ZADD', KEYS[1], string.format('%.0f', now), key)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - kept * 1000))
redis.call('PEXPIRE', KEYS[1], kept)
local over, many = {}, redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[2])
if many > 0 then
  over = redis.call('ZRANGE', KEYS[1], 0, many - 1)
  redis.call('ZREMRANGEBYRANK', KEYS[1], 0, many - 1)
end
return over`;

/** Before they are sent. Rejects when Redis fails; where it is full, delivery must go on to make room, and nothing is noted. */
export async function note(
  command: Command,
  prefix: string,
  all: readonly Said[],
  maxUsers = MAX_USERS,
): Promise<void> {
  const said = all.filter(({ body }) => body.length <= MAX_NOTED_LENGTH);
  if (said.length === 0) return;
  const { users, ofUser } = saidKeys(prefix);
  const keys = [users, ...new Set(said.map(({ user }) => ofUser(user)))];
  const values = said.flatMap(({ user, saidAtMs, body }) => [
    `${keys.indexOf(ofUser(user)) + 1}`,
    `${saidAtMs}`,
    body,
  ]);
  try {
    const limits = [`${KEPT_MS}`, `${maxUsers}`];
    const over = await command("EVAL", NOTE, `${keys.length}`, ...keys, ...limits, ...values);
    if (Array.isArray(over) && over.length > 0) await command("DEL", ...over.map(String));
  } catch (error) {
    if (!/\bOOM\b/.test(String(error))) throw error;
  }
}

/** Within a script a reply is the same for every client. */
const KNOWN = `
local found = {}
for i = 1, #KEYS do found[i] = redis.call('ZRANGE', KEYS[i], 0, -1, 'WITHSCORES') end
return found`;

/** What is to be said again now that `settled` was delivered, in this order. `waiting`: what this relay has still to deliver. */
export async function again(
  command: Command,
  prefix: string,
  settled: readonly Said[],
  waiting: readonly Said[],
): Promise<Consequences["again"]> {
  if (settled.length === 0) return [];
  const users = [...new Set(settled.map(({ user }) => user))];
  const keys = users.map(saidKeys(prefix).ofUser);
  const found = (await command("EVAL", KNOWN, `${keys.length}`, ...keys)) as unknown[][];
  const known = users.flatMap((user, n) => notesOf(user, found[n] ?? []));
  return consequencesOf({ settled, known, waiting, mayBeOlder: true }).again;
}

function notesOf(user: string, found: readonly unknown[]): Said[] {
  return Array.from({ length: found.length / 2 }, (_, n) => ({
    user,
    saidAtMs: Number(found[2 * n + 1]),
    body: String(found[2 * n]),
  }));
}

/** These were refused for good: nobody says them again. */
export async function unsay(command: Command, prefix: string, refused: readonly Said[]): Promise<void> {
  for (const { user, body } of refused) await command("ZREM", saidKeys(prefix).ofUser(user), body);
}

const TIME = `local time = redis.call('TIME') return time[1] * 1000 + math.floor(time[2] / 1000)`;

/** Redis's clock, in ms since 1970, on the machine that has these keys: the clock of all producers, whatever their own say. */
export async function clockOf(command: Command, { stream }: Keys): Promise<number> {
  return Number(await command("EVAL", TIME, "1", stream));
}
