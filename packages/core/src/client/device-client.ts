/** The API of client SDKs: they know who the user is (contract, section 6). */

import type { TrackOperation } from "../events/operation.ts";
import { createRecorder, type Owner, type Recorder, recordEvent } from "../events/recorder.ts";
import { quote, Refusal } from "../events/refusal.ts";
import { checkUserId } from "../events/snapshot.ts";
import { classifyAnswer } from "../http/outcome.ts";
import { createTransport, type Transport } from "../http/transport.ts";
import { deviceIdentify, pushToken } from "../identity/device-identify.ts";
import { type Doubts, doubt, noDoubts } from "../identity/doubts.ts";
import {
  forgotten,
  type Identity,
  identified,
  pushUpdate,
  registering,
  visitorToName,
  withConsent,
  withPermission,
  withToken,
} from "../identity/identity.ts";
import { createIdentityKeeper, identityOf, setIdentity } from "../identity/identity-keeper.ts";
import { refuse, stats } from "../loop/books.ts";
import { type FlushResult, flush, shutDown } from "../loop/flush.ts";
import { enqueue, hold } from "../loop/queue.ts";
import type { ResolvedOptions, WhisperrOptions } from "../options.ts";
import type { Ports } from "../ports.ts";
import type { AppOutbox, Outbox } from "../queue/outbox.ts";
import type { Reporter } from "../report/reporter.ts";
import { createClient, startQueue } from "./client.ts";
import type { Device, DeviceClient, DeviceRuntime } from "./device.ts";
import {
  appendOwn,
  become,
  claimed,
  type DeviceRecord,
  onSettled,
  releaseHeld,
  silence,
} from "./device-identity.ts";
import type { AnyEvents, EventMap } from "./server-client.ts";

export function createDeviceClient<Events extends EventMap = AnyEvents>(
  options: WhisperrOptions,
  resolved: ResolvedOptions & { readonly adopts: boolean },
  outbox: AppOutbox,
  reporter: Reporter,
  ports: Ports,
  device: Device,
): DeviceRuntime<Events> {
  const doubts = noDoubts(resolved.maxQueueSize);
  const transport = doubting(createTransport(resolved, ports), doubts);
  const client: DeviceRecord = Object.assign(
    createClient(resolved, outbox as Outbox, transport, reporter, {
      ...ports,
      onSettled: (operation, isDelivered) => onSettled(client, operation, isDelivered),
    }),
    { keeper: createIdentityKeeper(device.identityStore, ports.uuid), doubts, device },
  );
  if (!resolved.adopts) startQueue(client);
  const recorder = createRecorder(options);
  const api: DeviceClient<Events> = {
    track: (event, ...[properties, context]) => track(client, recorder, event, properties, context),
    identify: (userId, given) => identify(client, userId, given),
    flush: () => flush(client),
    reset: () => reset(client),
    optOut: () => optOut(client),
    optIn() {
      if (!isOver(client, "optIn()")) become(client, withConsent(identityOf(client.keeper), true));
    },
    setPushToken: (address, settings) => setPushToken(client, address, settings),
    setPushPermission: (permission) => setPushPermission(client, permission),
    stats: () => stats(client),
    shutdown: (settings) => shutDown(client, settings?.timeoutMs),
  };
  return { api, client };
}

/** Notes which identifies ended without an answer: they may have arrived all the same. */
function doubting(transport: Transport, doubts: Doubts): Transport {
  return (batch) => {
    const request = transport(batch);
    void request.answer.then((answer) => {
      if (classifyAnswer(answer, batch.count, 0).kind === "retry") doubt(doubts, batch.body);
    });
    return request;
  };
}

function track(
  client: DeviceRecord,
  recorder: Recorder,
  event: unknown,
  properties: unknown,
  context: unknown,
): void {
  const call = () => `track(${quote(event)})`;
  const before = recordedUser(client, call);
  if (before === undefined) return;
  const { ports, device } = client;
  const make = () =>
    recordEvent(recorder, ports, ownerOf(device, before), event, properties, context, device.context?.());
  enqueue(client, call, make, (_, operation: TrackOperation) => {
    // Asked again: a beforeSend may have opted the user out, said who it is, or parted the two.
    const identity = recorder.beforeSend ? recordedUser(client, call) : before;
    if (identity === undefined) return;
    const current = operation.held ? claimed(identity, operation) : operation;
    if (current === undefined)
      refuse(client, "reset", `${call()} was dropped: reset() came inside beforeSend.`);
    else if (current.held) hold(client, current);
    else appendOwn(client, current, identity);
  });
}

function identify(client: DeviceRecord, userId: unknown, given: unknown): void {
  const call = () => "identify()";
  const before = recordedUser(client, call);
  if (before === undefined) return;
  const { device, keeper } = client;
  let next = before;
  /** The token was sent for the user before: that one has to be told first. */
  let moves = false;
  const make = () => {
    const id = checkUserId(userId);
    const made = deviceIdentify(id, given, device.traits?.() ?? {});
    next = identified(before, id, keeper.newId);
    if (made.token !== undefined) next = withToken(next, made.token);
    const visitor = visitorToName(next, before);
    const update = pushUpdate(next);
    // What is still to be said of another user's token is none of this user's business.
    moves = made.token !== undefined && update !== undefined && update.userId !== id;
    if (update?.userId !== id) return made.operation(visitor, undefined);
    next = registering(next, update);
    return made.operation(visitor, update);
  };
  enqueue(client, call, make, (_, operation) => {
    setIdentity(keeper, next);
    appendOwn(client, operation);
    if (moves) become(client, identityOf(keeper));
  });
}

function reset(client: DeviceRecord): Promise<FlushResult> {
  const { keeper } = client;
  const flushed = flush(client);
  // After a shutdown() as well: the next client must not find the person who has left.
  setIdentity(keeper, forgotten(identityOf(keeper), keeper.newId()));
  releaseHeld(client);
  return flushed;
}

function optOut(client: DeviceRecord): void {
  const identity = identityOf(client.keeper);
  // Said again, it says again what was refused.
  if (identity.optedOut === true) return become(client, identity);
  // First, so that nothing comes in while the app hears of what is discarded.
  setIdentity(client.keeper, withConsent(identity, false));
  silence(client);
}

function setPushToken(client: DeviceRecord, address: unknown, settings?: object): void {
  if (client.device.silent || typeof address !== "string" || address.trim() === "") return;
  if (isOver(client, "setPushToken()")) return;
  const token = pushToken(address, settings);
  if (token instanceof Refusal)
    return refuse(client, token.reason, `setPushToken() was dropped: ${token.message}.`);
  const identity = identityOf(client.keeper);
  // Opted out, no token is remembered; but an opt-out that was refused is said again.
  become(client, identity.optedOut ? identity : withToken(identity, token));
}

function setPushPermission(client: DeviceRecord, permission: string): void {
  const granted = ["denied", "granted", "authorized", "provisional"].indexOf(permission);
  if (client.device.silent || granted < 0 || isOver(client, "setPushPermission()")) return;
  become(client, withPermission(identityOf(client.keeper), granted > 0));
}

function ownerOf({ holds }: Device, { userId, anonymousId }: Identity): Owner {
  if (userId !== undefined) return { userId };
  return holds ? { anonymousId, held: true } : { anonymousId };
}

function isOver(client: DeviceRecord, call: string): boolean {
  if (client.stopping) refuse(client, "shut_down", `${call} came after shutdown()`);
  return client.stopping;
}

/** Who the user is, unless nothing is to be recorded of them: then the call is refused. */
function recordedUser(client: DeviceRecord, call: () => string): Identity | undefined {
  if (client.stopping) {
    isOver(client, call());
    return undefined;
  }
  const identity = client.device.silent ? undefined : identityOf(client.keeper);
  if (identity !== undefined && identity.optedOut !== true) return identity;
  refuse(client, "opted_out", `${call()}: the user opted out`);
  return undefined;
}
