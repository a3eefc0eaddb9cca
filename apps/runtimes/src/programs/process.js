// Node.js and Bun: a script that tracks and simply ends. What it tracked is delivered first.
import { createWhisperr } from "@whisperr/node";

const [user, runtime, baseUrl] = process.argv.slice(2);
const whisperr = createWhisperr({ baseUrl });
whisperr.track(user, "job_done", { runtime });
