import { defineEventHandler, readBody } from "h3";
import { createInvoice } from "../../../shop.ts";

export default defineEventHandler(async (event) => {
  const { amount } = await readBody<{ amount: number }>(event);
  event.context.whisperr.track("order_placed");
  await createInvoice(amount);
  return "ordered";
});
