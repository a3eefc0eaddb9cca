/** Cloudflare Workers: a handler that tracks and answers. Delivery runs after the answer. */
import { withWhisperr } from "@whisperr/edge/cloudflare";

interface Env {
  readonly WHISPERR_API_KEY: string;
  readonly WHISPERR_BASE_URL: string;
}

export default {
  fetch: withWhisperr<Env>(
    (request, _env, _ctx, whisperr) => {
      const { searchParams } = new URL(request.url);
      whisperr.track(String(searchParams.get("user")), "job_done", { runtime: searchParams.get("runtime") });
      return new Response("done");
    },
    (env) => ({ apiKey: env.WHISPERR_API_KEY, baseUrl: env.WHISPERR_BASE_URL }),
  ),
};
