/** Cloudflare Queues as the outbox: what a Worker imports. */
export type { QueueBatchLike, QueueLike, QueueMessageLike } from "./cloudflare-types.ts";
export { type QueueConsumer, type QueueConsumerOptions, whisperrQueueConsumer } from "./queue-consumer.ts";
export { queueOutbox } from "./queue-outbox.ts";
