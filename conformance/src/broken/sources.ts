/** The places where defects are: an edit of each source file, as a function named after what the file is about. */
import type { Edit } from "./defect.ts";

const editing =
  (file: string) =>
  (text: string, by: string): Edit => ({ file, text, by });

export const backoff = editing("core/src/delivery/backoff.ts");
export const answering = editing("core/src/delivery/answering.ts");
export const sizing = editing("core/src/delivery/batch-sizing.ts");
export const flushing = editing("core/src/delivery/flushing.ts");
export const queueing = editing("core/src/delivery/queueing.ts");
export const table = editing("core/src/delivery/transition.ts");
export const loop = editing("core/src/effect-loop.ts");
export const errors = editing("core/src/errors.ts");
export const body = editing("core/src/events/identify-body.ts");
export const json = editing("core/src/events/json.ts");
export const memory = editing("core/src/queue/memory-outbox.ts");
export const operation = editing("core/src/queue/operation.ts");
export const options = editing("core/src/options.ts");
export const outcome = editing("core/src/http/outcome.ts");
export const end = editing("core/src/process/process-lifecycle.ts");
export const recorder = editing("core/src/events/recorder.ts");
export const reporter = editing("core/src/reporter.ts");
export const client = editing("core/src/client/server-client.ts");
export const settlement = editing("core/src/settlement.ts");
export const shutDown = editing("core/src/client/shut-down.ts");
export const snapshot = editing("core/src/events/snapshot.ts");
export const time = editing("core/src/events/time.ts");
export const transport = editing("core/src/http/transport.ts");
export const wire = editing("core/src/events/wire.ts");
export const clock = editing("node/src/clock.ts");
export const create = editing("node/src/create-whisperr.ts");
export const exit = editing("node/src/process-exit.ts");
