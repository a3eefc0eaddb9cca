/** A Worker with a client for each request. Bundled, and run in workerd. */

import type { WorkerEnv } from "cloudflare:workers";
import { withWhisperr } from "@whisperr/edge/cloudflare";
import { answer, onError } from "./edge-app.ts";
import { watchPlatform } from "./watch-platform.ts";

const platform = watchPlatform();
const handle = withWhisperr<WorkerEnv>(
  ({ url }, _env, _ctx, whisperr) => answer(url, () => whisperr, platform),
  ({ OPTIONS }) => ({ ...OPTIONS, onError }),
);

export default {
  fetch(request: Request, env: WorkerEnv, ctx: { waitUntil(promise: Promise<unknown>): void }) {
    return handle(request, env, { waitUntil: platform.watch((promise) => ctx.waitUntil(promise)) });
  },
};
