/** A device with its storage, and a client on it. The client may be followed by another: a restart, or another tab. */

import { expect } from "vitest";
import type { Device, DeviceClient, DeviceRuntime } from "../src/client/device.ts";
import { createDeviceClient } from "../src/client/device-client.ts";
import { HOLD } from "../src/client/device-hold.ts";
import { restore, startAlone, syncIdentity } from "../src/client/device-pages.ts";
import { PUSH } from "../src/client/device-push.ts";
import type { DropReason, WhisperrError } from "../src/errors.ts";
import type { Operation } from "../src/events/operation.ts";
import { lose, tell } from "../src/loop/books.ts";
import { adopt as adoptOperations, append } from "../src/loop/queue.ts";
import type { WhisperrOptions } from "../src/options.ts";
import type { Ports } from "../src/ports.ts";
import type { Outbox } from "../src/queue/outbox.ts";
import { createReporter } from "../src/report/reporter.ts";
import { resolveOptions } from "../src/resolve-options.ts";
import { type DeviceServer, deviceServer } from "./device-server.ts";
import { type FakeTimers, fakePorts, type LogLine, settle } from "./fake-ports.ts";
import { imbalance as imbalanceOf } from "./imbalance.ts";
import { deviceQueueOf, loopOf, type TestDeviceQueue, type TestLoop } from "./loop-of.ts";
import { insert } from "./operations.ts";

/** What outlives a client. */
export interface Profile {
  identity: string | null;
  /** False: the storage is full, or read-only. */
  writable: boolean;
  /** False: the storage is blocked altogether. */
  readable: boolean;
  uuids: number;
}

interface PageChanges {
  readonly restore: (text: string) => Operation | DropReason;
  readonly sync: (said?: string | null) => void;
  /** An identify is said again, after an older one. */
  readonly repeat: (body: string) => void;
  /** These are all that wait: what else is noted as queued was lost. */
  readonly reconcile: (waiting: readonly string[]) => void;
}

export interface DeviceFixture extends PageChanges {
  readonly client: DeviceClient;
  readonly loop: TestLoop;
  readonly queue: TestDeviceQueue;
  readonly profile: Profile;
  readonly server: DeviceServer;
  readonly errors: WhisperrError[];
  readonly timers: FakeTimers;
  readonly log: LogLine[];
  /** What is queued, as it would be stored. */
  stored(): string[];
  /** Flushes, and answers whatever is asked. */
  deliver(status?: number): Promise<void>;
}

export interface Setup {
  readonly options?: Partial<WhisperrOptions>;
  readonly device?: Partial<Device>;
  readonly ports?: Partial<Ports>;
  readonly profile?: Profile;
  readonly server?: DeviceServer;
  /** Stored operations of earlier pages, handed over as the page starts. */
  readonly adopted?: readonly string[];
  /** What an outbox of the app's own has kept since an earlier client. */
  readonly kept?: readonly string[];
  /** The outbox throws when this says so. */
  readonly onAppend?: () => boolean;
}

export const newProfile = (): Profile => ({ identity: null, writable: true, readable: true, uuids: 0 });

export function deviceFixture(setup: Setup = {}): DeviceFixture {
  const { profile = newProfile(), server = deviceServer(), adopted } = setup;
  const errors: WhisperrError[] = [];
  const held = (setup.kept ?? []).map((text) => JSON.parse(text) as Operation);
  const options: WhisperrOptions = {
    apiKey: "wrk_test",
    onError: (error) => errors.push(error),
    ...setup.options,
  };
  const { ports, timers, log } = fakePorts({
    ...setup.ports,
    fetch: server.fetch,
    uuid: () => `${(++profile.uuids).toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`,
  });
  const resolved = resolveOptions(options, { maxQueueSize: 1000 });
  const reporter = createReporter({ ...resolved, onError: options.onError }, ports);
  const runtime = createDeviceClient(options, resolved, jsonOutbox(held, setup.onAppend), reporter, ports, {
    identityStore: {
      read: () => (profile.readable ? profile.identity : undefined),
      write: (text) => {
        if (profile.readable && profile.writable) profile.identity = text;
      },
    },
    holding: HOLD,
    pushing: PUSH,
    ...setup.device,
  });
  if (adopted === undefined) startAlone(runtime.client);
  else adopt(runtime, held, adopted);

  return {
    client: runtime.api,
    loop: loopOf(runtime.client),
    queue: deviceQueueOf(runtime.client),
    restore: (text) => restore(runtime.client, text),
    sync: (said) => syncIdentity(runtime.client, said),
    repeat(body) {
      PUSH.noteRepeated(runtime.client, { body }, 0);
      append(runtime.client, { kind: "identify", body });
      PUSH.update(runtime.client);
    },
    reconcile: (waiting) =>
      PUSH.reconcile(runtime.client, () => waiting.map((text) => JSON.parse(text) as Operation)),
    profile,
    server,
    errors,
    timers,
    log,
    stored: () => held.map((operation) => JSON.stringify(operation)),
    async deliver(status = 202) {
      void runtime.api.flush();
      for (await settle(); server.open().length > 0; await settle()) server.open()[0]?.answer(status);
    },
  };
}

/** An array of what a storage would give back. */
function jsonOutbox(held: Operation[], fails: () => boolean = () => false): Outbox {
  return {
    get size() {
      return held.length;
    },
    get failure() {
      return fails() ? "no room" : undefined;
    },
    append(operation) {
      if (fails()) return;
      insert(held, JSON.parse(JSON.stringify(operation)) as Operation);
    },
    replace: (index, event) => void held.splice(index, 1, event),
    at: (index) => held[index],
    remove(offset, count) {
      expect(offset + count, "only what is there is taken out").toBeLessThanOrEqual(held.length);
      held.splice(offset, count);
    },
  };
}

/** As a page does: what can be kept stands in front, what waits for a user at the end. */
function adopt({ client }: DeviceRuntime<object>, held: Operation[], texts: readonly string[]) {
  const waiting: Operation[] = [];
  const due: Operation[] = [];
  for (const text of texts) {
    const operation = restore(client, text);
    if (typeof operation === "string") {
      client.accepted += 1;
      lose(client, operation, 1);
      tell(client);
    } else if (operation.kind === "track" && operation.held) waiting.push(operation);
    else due.push(operation);
  }
  held.unshift(...due);
  held.push(...waiting);
  adoptOperations(client, due.length, waiting.length);
  client.device.pushing?.reconcile(client, () => held);
}

/** 0 when the books are in order. */
export function imbalance({ client }: DeviceFixture): number {
  return imbalanceOf(client.stats());
}
