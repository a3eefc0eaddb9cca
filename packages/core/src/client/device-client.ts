/**
 * The API of client SDKs: they know who the user is (contract, section 6), whom their operations belong to, and what a change
 * of that puts into the queue. What decides is `identity/`.
 */

import { hurried } from "../delivery/flushing.ts";
import type { AnyEvents, EventMap } from "../events/event-types.ts";
import { bodyOf, type IdentifyBody, identifyBody } from "../events/identify-body.ts";
import { isIdentify, type Operation, type TrackOperation } from "../events/operation.ts";
import { createRecorder, recordEvent } from "../events/recorder.ts";
import { quote, Refusal } from "../events/refusal.ts";
import { checkUserId, stringify } from "../events/snapshot.ts";
import { createTransport } from "../http/exchange.ts";
import { type Identity, identified } from "../identity/identity.ts";
import { identityOf, setIdentity } from "../identity/identity-keeper.ts";
import { type FlushResult, stats, step } from "../loop/books.ts";
import { flush, flushWithin, shutDown } from "../loop/flush.ts";
import { guard, guardedWait } from "../loop/guard.ts";
import { append, discard, enqueue, refuseLate } from "../loop/queue.ts";
import type { WhisperrOptions } from "../options.ts";
import type { Ports } from "../ports.ts";
import type { AppOutbox, Outbox } from "../queue/outbox.ts";
import { type Reporter, warningsOf } from "../report/reporter.ts";
import type { ResolvedOptions } from "../resolve-options.ts";
import { type Client, createClient } from "./client.ts";
import type { Device, DeviceCalls, DeviceClient, DeviceRecord, DeviceRuntime } from "./device.ts";

/** Of an event that waits for its user. */
const HELD = { held: true } as const;

/** `more`: see `createClient()`. Nothing is sent before `adopt()`, or `startAlone()` where the queue is not shared. */
export function createDeviceClient<Events extends EventMap = AnyEvents>(
  options: WhisperrOptions,
  resolved: ResolvedOptions,
  outbox: AppOutbox,
  reporter: Reporter,
  ports: Ports,
  device: Device,
  more = {},
): DeviceRuntime<Events> {
  const all: Ports = { ...ports, onSettled: (...gone) => onSettled(client, ...gone) };
  const transport = createTransport(resolved, ports);
  const own = Object.assign(more, {
    identityStore: device.identityStore,
    newId: ports.uuid,
    recorder: createRecorder(options, warningsOf(reporter)),
    device,
  });
  const client: DeviceRecord = createClient(resolved, outbox as Outbox, transport, reporter, all, own);
  const calls: DeviceCalls<Events> = {
    track: (event: unknown, properties?: unknown, context?: unknown) =>
      track(client, event, properties, context),
    identify: (userId, given) => identify(client, userId, given),
    flush: (settings) => flushWithin(client, settings),
    reset: () => guardedWait(client, () => reset(client)),
    optOut: () => guard(client, () => optOut(client)),
    optIn: () => guard(client, () => optIn(client)),
    stats: () => stats(client),
    shutdown: (settings) => shutDown(client, settings),
  };
  // Without `push`, the runtime's own type says that its calls are not there.
  return { api: { ...calls, ...device.pushing?.start(client) } as DeviceClient<Events>, client };
}

function track(client: DeviceRecord, event: unknown, properties?: unknown, context?: unknown): void {
  const { device, recorder } = client;
  const { holding } = device;
  let identity: Identity;
  const make = () => {
    identity = recordedUser(client);
    const { userId, anonymousId } = identity;
    const owner = userId === undefined ? { anonymousId, ...(device.holds && HELD) } : { userId };
    const operation = recordEvent(recorder, client, owner, event, properties, context, device.context?.());
    if (!operation || client.known === identity) return operation;
    // What the app gave has called back: it may have opted the user out, said who it is, or parted the two.
    identity = recordedUser(client);
    const current = operation.held && holding ? holding.claimed(identity, operation) : operation;
    if (!current) throw new Refusal("reset", "reset() came inside track()");
    return current;
  };
  const add = (_: Client, operation: TrackOperation) => {
    if (operation.held) holding?.hold(client, operation);
    else appendOwn(client, operation, identity);
  };
  enqueue(client, () => `track(${quote(event)})`, make, add);
}

function identify(client: DeviceRecord, userId: unknown, given: unknown): void {
  const { device } = client;
  let next: Identity;
  const make = () => {
    recordedUser(client);
    const id = checkUserId(userId);
    const body = JSON.parse(identifyBody(id, given, client.recorder)) as IdentifyBody;
    // Once more: what the app gave may have called back when it was read, and opted the user out.
    next = identified(recordedUser(client), id, client.newId);
    if (!next.promoted) body.anonymous_id = next.anonymousId;
    device.addTraits?.(body);
    next = device.pushing?.identifying(next, body) ?? next;
    return { kind: "identify" as const, body: stringify(body) };
  };
  const add = (_: Client, operation: Operation) => {
    setIdentity(client, next);
    appendOwn(client, operation);
    // The call has said what there was to say under its user's name, unless an earlier user's token is opted out first.
    device.pushing?.update(client, next.userId);
  };
  enqueue(client, () => "identify()", make, add);
}

function reset(client: DeviceRecord): Promise<FlushResult> {
  // What belongs to the device stays, what belongs to the person goes, before anything else can go wrong. After a shutdown() as
  // well: the next client must not find the person who has left.
  const { denied, optedOut, resets = 0 } = identityOf(client);
  setIdentity(client, { anonymousId: client.newId(), denied, optedOut, resets: resets + 1 });
  client.device.holding?.releaseHeld(client);
  return flush(client);
}

export function optOut(client: DeviceRecord): void {
  const identity = identityOf(client);
  // Said again, it says again what was refused.
  if (identity.optedOut) return become(client, identity);
  // First, so that nothing comes in while the app hears of what is discarded. Who opts in again has no token until it is set.
  setIdentity(client, { ...identity, optedOut: true, pushToken: undefined });
  silence(client);
}

/** On a later page than `optOut()`, whoever opts in is a new visitor: of the one before nothing was stored. */
function optIn(client: DeviceRecord): void {
  const anonymousId = identityOf(client).anonymousId || client.newId();
  change(client, "optIn()", { anonymousId, optedOut: undefined });
}

/** Who the user is. Throws a Refusal when nothing is to be recorded of them. */
function recordedUser(client: DeviceRecord): Identity {
  const identity = client.device.silent ? undefined : identityOf(client);
  if (!identity || identity.optedOut) throw new Refusal("opted_out", "the user opted out");
  return identity;
}

/** Queues what the device says now, of `identity`. */
export function appendOwn(
  client: DeviceRecord,
  operation: Operation,
  { userId }: Identity = identityOf(client),
): void {
  // Events that wait for a user stand at the end: once another page has named the user, they go before what comes now.
  if (userId !== undefined) client.device.holding?.releaseHeld(client);
  append(client, operation);
}

/** The identity changes, and with it perhaps what the server must know about the token. */
export function become(client: DeviceRecord, next: Identity): void {
  setIdentity(client, next);
  client.device.pushing?.update(client);
}

/** An identify has left the queue: what it says is now known to be so, or not, or to be in doubt. */
export function onSettled(client: DeviceRecord, operation: Operation, isDelivered: boolean): void {
  if (!isIdentify(operation)) return;
  const body = bodyOf(operation);
  // One that was sent before its turn, and leaves without an answer: opted out, or pushed out.
  const isUnheard = client.ahead.some(({ operations }) => operations.has(operation));
  if (isUnheard) client.device.pushing?.noteUnheard(client, operation);
  const { promoted, said, ...identity } = identityOf(client);
  setIdentity(client, {
    ...identity,
    promoted: promoted || (isDelivered && body.anonymous_id === identity.anonymousId),
    said: client.device.pushing ? client.device.pushing.settled(said, body, isDelivered) : said,
  });
}

/** The user opted out: nothing is left of the queue, and the server may send to this device no more. */
export function silence(client: DeviceRecord): void {
  discard(client, "opted_out");
  const { pushing } = client.device;
  const { said, ...identity } = identityOf(client);
  become(client, { ...identity, said: pushing ? pushing.settled(said) : said });
  step(client, hurried);
}

/** A call that changes nothing but this of the identity. */
export function change(client: DeviceRecord, call: string, what: Partial<Identity>): void {
  if (client.stopping) refuseLate(client, call);
  else become(client, { ...identityOf(client), ...what });
}
