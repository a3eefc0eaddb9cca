// Deno: the same. It may reach the API and read the key, and nothing else.
import { createWhisperr } from "@whisperr/deno";

const [user, runtime, baseUrl] = Deno.args;
const whisperr = createWhisperr({ baseUrl });
whisperr.track(user, "job_done", { runtime });
