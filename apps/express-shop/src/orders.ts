/** The shop's orders, shaped as many ORMs load them: a line may point back at the order it belongs to. */

export interface OrderLine {
  sku: string;
  quantity: number;
  /** Set by the "load relations" code path; makes the object circular. */
  order?: Order;
}

export interface Order {
  order_id: string;
  total_cents: number;
  lines: OrderLine[];
}

/** `loadRelations` is the innocent-looking switch that makes an order impossible to write as JSON. */
export function buildOrder(orderId: string, totalCents: number, loadRelations: boolean): Order {
  const order: Order = { order_id: orderId, total_cents: totalCents, lines: [{ sku: "mug", quantity: 1 }] };
  if (loadRelations) for (const line of order.lines) line.order = order;
  return order;
}
