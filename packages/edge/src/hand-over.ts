/** Passes batches on to a platform's own queue, in place of requests to the API. */
import { type Answer, describeThrown, noAnswer, type Outbox, type Transport } from "@whisperr/core";
import { timers } from "./clock.ts";
import type { PlatformOutbox } from "./platform-outbox.ts";

/**
 * `outbox`: where the operations of a batch stand in front while it is under way. `timeoutMs`: what one hand-over may
 * take; it cannot be called back, so what comes of a late one is a repetition.
 */
export function createHandOver(platform: PlatformOutbox, outbox: Outbox, timeoutMs: number): Transport {
  return ({ count }) => {
    const operations = Array.from({ length: count }, (_, index) => outbox.at(index)).filter(
      (operation) => operation !== undefined,
    );
    let abort = () => {};
    const answer = new Promise<Answer>((resolve) => {
      abort = () => resolve(noAnswer(`the platform did not say within ${timeoutMs} ms that it keeps them`));
      handOver().then(
        () => resolve(withStatus(202)),
        (error: unknown) => resolve(refusal(error)),
      );
    });

    /** It may also throw at once. */
    async function handOver(): Promise<void> {
      await platform.handOver(operations);
    }

    const timer = timers.set(abort, timeoutMs);
    void answer.then(() => timers.clear(timer));
    return { answer, abort };
  };
}

/** `too-large-for-platform.ts` says what a status is for. */
function refusal(error: unknown): Answer {
  const { status } = Object(error) as { readonly status?: unknown };
  return status === 413 ? withStatus(413) : noAnswer(describeThrown(error));
}

const withStatus = (status: number): Answer => ({ status, body: "", retryAfter: "" });
