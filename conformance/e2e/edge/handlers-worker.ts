/** A Worker whose handlers all have a client. Bundled, and run in workerd. */
import type { WorkerEnv } from "cloudflare:workers";
import { withWhisperr } from "@whisperr/edge/cloudflare";

export default withWhisperr(
  {
    fetch(_request: Request, _env, _ctx, whisperr) {
      whisperr.track("ada", "page_opened");
      return new Response("ok");
    },
    scheduled({ cron }, _env, _ctx, whisperr) {
      whisperr.track("ada", "plan_renewed", { cron });
    },
    queue({ messages }, _env, _ctx, whisperr) {
      for (const { body } of messages) whisperr.track("ada", "order_shipped", { body });
    },
  },
  ({ OPTIONS }: WorkerEnv) => ({ ...OPTIONS }),
);
