/** One request: cut from the front of the queue, sent, and its answer heard. */
import type { Client } from "../client/client.ts";
import { answered, batchCut } from "../delivery/answering.ts";
import { describeThrown } from "../events/refusal.ts";
import { type Batch, cutBatch } from "../events/wire.ts";
import { type Answer, classifyAnswer, noAnswer } from "../http/outcome.ts";
import { printDebug } from "../report/reporter.ts";
import { noteInFlight } from "./guarded.ts";
import { step } from "./step.ts";

export async function transmit(client: Client): Promise<void> {
  const { delivery } = client;
  if (delivery.phase !== "sending" || client.request !== undefined) return;
  const batch = cut(client);
  if (typeof batch === "string") return conclude(client, noAnswer(`the outbox failed: ${batch}`));
  step(client, batchCut, batch.count);
  // Evictions are reported in that step: the app may have stopped delivery in its onError.
  if (delivery.inFlight === 0) return;
  noteInFlight(client, batch.count);
  const request = client.transport(batch);
  // The app's fetch may have called back in, and taken back what the request carries.
  if (delivery.inFlight === 0) return request.abort();
  client.request = request;
  const answer = await request.answer;
  if (client.request !== request) return;
  client.request = undefined;
  noteInFlight(client, 0);
  printDebug(client.reporter, `${batch.path}, ${batch.count} operations: ${answer.failure ?? answer.status}`);
  conclude(client, answer);
}

/** The batch, or why there is none. */
function cut({ outbox, delivery, config, ports }: Client): Batch | string {
  try {
    // Beyond `pending` there may be operations that wait for a user.
    const limit = Math.min(delivery.limit, delivery.pending);
    const maxBytes = Math.min(config.maxBatchBytes, ports.maxBodyBytes?.() ?? Infinity);
    const batch = cutBatch(outbox, limit, maxBytes);
    return batch.count > 0 ? batch : "it lost what it held";
  } catch (error) {
    return describeThrown(error);
  }
}

/** The request under way is over, and this is what came of it. */
export function conclude(client: Client, answer: Answer): void {
  client.answer = answer;
  const outcome = classifyAnswer(answer, client.delivery.inFlight, client.ports.nowMs());
  step(client, answered, outcome, client.ports.random());
}
