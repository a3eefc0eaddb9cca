/** The API of client SDKs: they know who the user is (contract, section 6). */

import { type IdentifyBody, identifyBody } from "../events/identify-body.ts";
import type { Operation, TrackOperation } from "../events/operation.ts";
import { createRecorder, type Owner, type Recorder, recordEvent } from "../events/recorder.ts";
import { quote, Refusal } from "../events/refusal.ts";
import { checkUserId } from "../events/snapshot.ts";
import { createTransport } from "../http/transport.ts";
import { type Identity, identified } from "../identity/identity.ts";
import { identityOf, setIdentity } from "../identity/identity-keeper.ts";
import { stats } from "../loop/books.ts";
import { type FlushResult, flush, shutDown } from "../loop/flush.ts";
import { enqueue } from "../loop/queue.ts";
import type { ResolvedOptions, WhisperrOptions } from "../options.ts";
import type { Ports } from "../ports.ts";
import type { AppOutbox, Outbox } from "../queue/outbox.ts";
import type { Reporter } from "../report/reporter.ts";
import { type Client, createClient, startQueue } from "./client.ts";
import type { Device, DeviceCalls, DeviceClient, DeviceRecord, DeviceRuntime } from "./device.ts";
import { appendOwn, become, isOver, onSettled, silence } from "./device-identity.ts";
import type { AnyEvents, EventMap } from "./server-client.ts";

export function createDeviceClient<Events extends EventMap = AnyEvents>(
  options: WhisperrOptions,
  resolved: ResolvedOptions & { readonly adopts: boolean },
  outbox: AppOutbox,
  reporter: Reporter,
  ports: Ports,
  device: Device,
): DeviceRuntime<Events> {
  const client: DeviceRecord = Object.assign(
    createClient(resolved, outbox as Outbox, createTransport(resolved, ports), reporter, {
      ...ports,
      onSettled: (operation, isDelivered) => onSettled(client, operation, isDelivered),
    }),
    { identityStore: device.identityStore, newId: ports.uuid, device },
  );
  if (!resolved.adopts) startQueue(client);
  const recorder = createRecorder(options);
  const calls: DeviceCalls<Events> = {
    track: (event, ...rest) => track(client, recorder, event, ...rest),
    identify: (userId, given) => identify(client, userId, given),
    flush: () => flush(client),
    reset: () => reset(client),
    optOut: () => optOut(client),
    optIn() {
      if (!isOver(client, () => "optIn()")) become(client, { ...identityOf(client), optedOut: undefined });
    },
    stats: () => stats(client),
    shutdown: (settings) => shutDown(client, settings?.timeoutMs),
  };
  // Without `push`, the runtime's own type says that its calls are not there.
  return { api: { ...calls, ...device.pushing?.start(client) } as DeviceClient<Events>, client };
}

function track(
  client: DeviceRecord,
  recorder: Recorder,
  event: unknown,
  properties?: unknown,
  context?: unknown,
): void {
  const { ports, device } = client;
  const { holding } = device;
  let identity: Identity;
  const make = () => {
    identity = recordedUser(client);
    const owner = ownerOf(device, identity);
    const operation = recordEvent(recorder, ports, owner, event, properties, context, device.context?.());
    if (!operation || !recorder.beforeSend) return operation;
    // It may have opted the user out, said who it is, or parted the two.
    identity = recordedUser(client);
    const current = operation.held && holding ? holding.claimed(identity, operation) : operation;
    if (!current) throw new Refusal("reset", "reset() came inside beforeSend");
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
    const before = recordedUser(client);
    const id = checkUserId(userId);
    const body = JSON.parse(identifyBody(id, given)) as IdentifyBody;
    next = identified(before, id, client.newId);
    if (!next.promoted) body.anonymous_id = next.anonymousId;
    device.addTraits?.(body);
    next = device.pushing?.identifying(next, body) ?? next;
    return { kind: "identify" as const, body: JSON.stringify(body) };
  };
  const add = (_: Client, operation: Operation) => {
    setIdentity(client, next);
    appendOwn(client, operation);
    // What it could not say of the token follows.
    if (device.pushing?.pushUpdate(next).length) device.pushing.update(client);
  };
  enqueue(client, () => "identify()", make, add);
}

function reset(client: DeviceRecord): Promise<FlushResult> {
  const flushed = flush(client);
  // What belongs to the device stays, what belongs to the person goes. After a shutdown() as well: the next client must not
  // find the person who has left.
  const { denied, optedOut } = identityOf(client);
  setIdentity(client, { anonymousId: client.newId(), denied, optedOut });
  client.device.holding?.releaseHeld(client);
  return flushed;
}

function optOut(client: DeviceRecord): void {
  const identity = identityOf(client);
  // Said again, it says again what was refused.
  if (identity.optedOut) return become(client, identity);
  // First, so that nothing comes in while the app hears of what is discarded. Who opts in again has no token until it is set.
  setIdentity(client, { ...identity, optedOut: true, pushToken: undefined });
  silence(client);
}

function ownerOf({ holds }: Device, { userId, anonymousId }: Identity): Owner {
  if (userId !== undefined) return { userId };
  return holds ? { anonymousId, held: true } : { anonymousId };
}

/** Who the user is. Throws a Refusal when nothing is to be recorded of them. */
function recordedUser(client: DeviceRecord): Identity {
  const identity = client.device.silent ? undefined : identityOf(client);
  if (!identity || identity.optedOut) throw new Refusal("opted_out", "the user opted out");
  return identity;
}
