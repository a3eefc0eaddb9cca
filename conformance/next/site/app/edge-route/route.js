import { whisperr } from "../../lib/whisperr";

export const runtime = "edge";

export async function POST() {
  whisperr.track("user_8842", "edge_route_called");
  return new Response("ok");
}
