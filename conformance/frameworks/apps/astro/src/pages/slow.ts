import type { APIRoute } from "astro";
import { slowWork } from "../../../shop.ts";

export const GET: APIRoute = async ({ locals, session, url }) => {
  const user = url.searchParams.get("session");
  if (user !== null) session?.set("user", { id: user });
  await slowWork();
  locals.whisperr.track("report_made");
  return new Response("made");
};
