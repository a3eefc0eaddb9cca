/**
 * One bounded round of delivery, for outboxes that keep operations elsewhere and have a clock of their own: core's
 * machine sends what it can, and ends when that is not now.
 */
import {
  type Answer,
  abandon,
  classifyAnswer,
  createClient,
  createMemoryOutbox,
  createTransport,
  flush,
  noAnswer,
  type Operation,
  type Outcome,
  type Ports,
  type Reporter,
  type ResolvedOptions,
  startQueue,
  stop,
  type Transport,
  tellApp,
  type WhisperrError,
} from "@whisperr/core";

export interface Round {
  /** In the order of delivery; at least one. */
  readonly operations: readonly Operation[];
  /** Of these, `maxRetries` and `backoff` are for this round. */
  readonly options: ResolvedOptions;
  readonly ports: Ports;
  readonly reporter: Reporter;
  /** What is told to the app. Default: everything. */
  readonly tells?: (error: WhisperrError) => boolean;
  /** What is not settled after this many ms is left. */
  readonly timeLimitMs: number;
}

export interface RoundEnd {
  /** Operations left; those not told to `ports.onSettled`. */
  readonly left: number;
  /** The last answer, when there was one, and what it meant. */
  readonly answer: Answer;
  readonly outcome: Outcome;
}

/** Ends early when the server asks for a wait: its caller has a better clock, and nothing is held meanwhile. */
export async function deliverRound(round: Round): Promise<RoundEnd> {
  const { operations, options, ports, reporter, tells = () => true } = round;
  const outbox = createMemoryOutbox();
  for (const operation of operations) outbox.append(operation);
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const last = lastAnswer(createTransport(options, ports), ports, end);
  let silent = false;
  let outOfTime = false;
  const client = createClient(
    // Only flush() starts anything, and everything has its place already.
    { ...options, flushAt: Infinity, flushIntervalMs: 0, maxQueueSize: Infinity },
    outbox,
    last.transport,
    {
      ...reporter,
      onError(error) {
        if (!silent && tells(error)) tellApp(reporter, error);
      },
    },
    ports,
  );
  startQueue(client);
  const deadline = ports.timers.set(() => {
    outOfTime = true;
    end();
  }, round.timeLimitMs);

  await Promise.race([flush(client), ended]);

  ports.timers.clear(deadline);
  // What is left is no surprise to a caller who keeps it, unless time was too short. Stopping ends all timers.
  silent = !outOfTime;
  void stop(client);
  abandon(client);
  return { left: outbox.size, ...last.heard() };
}

function lastAnswer(send: Transport, ports: Ports, onAskedToWait: () => void) {
  let answer = noAnswer("nothing was answered in time");
  let outcome: Outcome = { kind: "retry" };
  const transport: Transport = (batch) => {
    const request = send(batch);
    return {
      abort: request.abort,
      answer: request.answer.then((received) => {
        answer = received;
        outcome = classifyAnswer(received, batch.count, ports.nowMs());
        if (outcome.kind === "retry" && outcome.afterMs !== undefined) onAskedToWait();
        return received;
      }),
    };
  };
  return { transport, heard: () => ({ answer, outcome }) };
}
