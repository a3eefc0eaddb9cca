/** Events by way of Redis: processes without a disk append, and a relay delivers. */
export type { IoRedisLike, NodeRedisLike, RedisClient } from "./redis/client.ts";
export { type RedisOutboxOptions, redisOutbox } from "./redis/outbox.ts";
export { createRelay, type Relay, type RelayOptions, type RelayStats } from "./redis/relay.ts";
