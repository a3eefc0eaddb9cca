import { withWhisperr } from "@whisperr/edge/cloudflare";

export default {
  fetch: withWhisperr(
    async (_request, _env, _ctx, whisperr) => {
      whisperr.track("user_8842", "package_installed", { package: "@whisperr/edge" });
      return new Response("ok");
    },
    (env) => ({ apiKey: env.WHISPERR_API_KEY, baseUrl: env.API_URL }),
  ),
};
