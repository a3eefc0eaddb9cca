/** A Worker with one client at module scope. Bundled, and run in workerd. */
import { env, waitUntil } from "cloudflare:workers";
import { createWhisperr } from "@whisperr/edge";
import { answer, onError } from "./edge-app.ts";
import { watchPlatform } from "./watch-platform.ts";

const platform = watchPlatform();
const whisperr = createWhisperr({ ...env.OPTIONS, waitUntil: platform.watch(waitUntil), onError });

export default {
  fetch: ({ url }: Request) => answer(url, () => whisperr, platform),
};
