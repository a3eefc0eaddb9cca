import type { RequestHandler } from "@sveltejs/kit";
import { slowWork } from "../../../../shop.ts";

export const GET: RequestHandler = async ({ locals }) => {
  await slowWork();
  locals.whisperr.track("report_made");
  return new Response("made");
};
