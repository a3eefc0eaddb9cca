import { whisperr } from "../../lib/whisperr";

export const config = { runtime: "edge" };

export default function handler() {
  whisperr.track("user_8842", "edge_function_called");
  return new Response("ok");
}
