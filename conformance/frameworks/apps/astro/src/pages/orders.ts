import type { APIRoute } from "astro";
import { createInvoice } from "../../../shop.ts";

export const POST: APIRoute = async ({ request, locals }) => {
  const { amount } = (await request.json()) as { amount: number };
  locals.whisperr.track("order_placed");
  await createInvoice(amount);
  return new Response("ordered");
};
