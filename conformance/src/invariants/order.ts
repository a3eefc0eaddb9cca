/** First arrivals come in the order of the calls (contract, section 5). Calls carry numbers that grow. */

/** The latest number of each queue. */
export type Order = Map<unknown, number>;

export const unbrokenOrder = (): Order => new Map();

/** `queue`: what shares an order, such as a page, a visit, a device. One that comes twice is no matter of order. */
export function arrives(order: Order, queue: unknown, number: number): string[] {
  const latest = order.get(queue);
  if (latest !== undefined && number < latest) return [`${number} after ${latest}`];
  order.set(queue, number);
  return [];
}
