/** Carries out what the machine of the requests asks for. */
import { abandon, abandoned, conclude, noAnswer, retryNow, step, timerFired, transmit } from "@whisperr/core";
import { deferred } from "./deferred.ts";
import { came, expired, lost, type RequestEffects } from "./requests.ts";
import type { Alarm, Attending, SharedClient } from "./shared-client.ts";
import { keepOpen } from "./wait-until.ts";

export const REQUEST_EFFECTS: RequestEffects = {
  open,
  close,
  wake,
  setTimer,
  send: ({ client }: SharedClient) => void transmit(client),
  cutOff,
  recover,
  abandon: ({ client }: SharedClient) => abandon(client),
};

function open(shared: SharedClient, id: number): void {
  const { client, config } = shared;
  const request: Attending = {
    deadlineMs: client.ports.nowMs() + config.waitUntilTimeoutMs,
    timer: undefined,
    isOver: false,
    wake() {},
  };
  shared.attending.set(id, request);
  // Where not even a timer may be set, outside of any request, operations wait for the first call inside one.
  const attended = attend(shared, id, request).catch(() => lost(shared, id));
  keepOpen(config.waitUntil, attended, client);
}

/** Runs in the request from beginning to end: others only wake it. */
async function attend(shared: SharedClient, id: number, request: Attending): Promise<void> {
  const { client, config } = shared;
  const { timers } = client.ports;
  const deadline = timers.set(() => expired(shared, id), config.waitUntilTimeoutMs);
  while (!request.isOver) {
    const woken = deferred<void>();
    request.wake = woken.resolve;
    came(shared, id);
    await woken.promise;
  }
  // Here, and nowhere else: another request has timers of the same numbers.
  timers.clear(deadline);
  timers.clear(request.timer);
}

function wake({ attending }: SharedClient, id: number): void {
  attending.get(id)?.wake();
}

function close(shared: SharedClient, id: number): void {
  const request = shared.attending.get(id);
  if (request === undefined) return;
  shared.attending.delete(id);
  request.isOver = true;
  request.wake();
}

function setTimer({ client, attending }: SharedClient, id: number): void {
  const { timers, nowMs } = client.ports;
  const request = attending.get(id) as Attending;
  const alarm = client.timer as Alarm;
  timers.clear(request.timer);
  // A clock that jumped back must not prolong the wait.
  const leftMs = Math.min(alarm.delayMs, Math.max(0, alarm.dueMs - nowMs()));
  request.timer = timers.set(() => {
    // Delivery may have gone on since.
    if (client.timer !== alarm) return;
    client.timer = undefined;
    step(client, timerFired);
  }, leftMs);
}

function cutOff({ client }: SharedClient): void {
  client.effects.abort(client);
  conclude(client, noAnswer("the request that it was sent in is over"));
}

function recover({ client }: SharedClient): void {
  step(client, () => {
    abandoned(client);
    retryNow(client);
  });
}
