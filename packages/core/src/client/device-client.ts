/**
 * The API of client SDKs: they know who the user is (contract, section 6). What decides that is `identity/identity.ts`;
 * here its decisions are remembered, and what they ask for is queued.
 */

import type { DropReason } from "../errors.ts";
import { createRecorder } from "../events/recorder.ts";
import { quote, Refusal } from "../events/refusal.ts";
import { checkUserId, snapshot } from "../events/snapshot.ts";
import { createTransport } from "../http/transport.ts";
import { deviceIdentify, pushToken } from "../identity/device-identify.ts";
import {
  doubted,
  forgotten,
  type Identity,
  identified,
  pushUpdate,
  registering,
  settled,
  visitorToName,
  withConsent,
  withPermission,
  withToken,
} from "../identity/identity.ts";
import { createIdentityKeeper } from "../identity/identity-keeper.ts";
import { discard, hold, holdsOnly, release } from "../loop/device-queue.ts";
import { flush } from "../loop/flush.ts";
import { append as appendTo } from "../loop/queue.ts";
import { refuse, stats } from "../loop/settle.ts";
import type { ResolvedOptions, WhisperrOptions } from "../options.ts";
import type { Ports } from "../ports.ts";
import type { Operation, TrackOperation } from "../queue/operation.ts";
import type { Outbox } from "../queue/outbox.ts";
import { parseOperation } from "../queue/stored-operation.ts";
import type { Reporter } from "../report/reporter.ts";
import { createClient } from "./client.ts";
import type { Device, DeviceClient, DeviceRuntime } from "./device.ts";
import type { AnyEvents, EventMap } from "./server-client.ts";
import { shutDown } from "./shut-down.ts";

export function createDeviceClient<Events extends EventMap = AnyEvents>(
  options: WhisperrOptions,
  resolved: ResolvedOptions & { readonly adopts: boolean },
  outbox: Outbox,
  reporter: Reporter,
  ports: Ports,
  device: Device,
): DeviceRuntime<Events> {
  const identity = createIdentityKeeper(device.identityStore, ports.uuid);
  const transport = createTransport(resolved, ports);
  const onSettled = (operation: Operation, delivered: boolean) => {
    if (operation.kind === "identify" && operation.means)
      identity.set(settled(identity.get(), operation.means, delivered));
  };
  const client = createClient(resolved, outbox, transport, reporter, { ...ports, onSettled });
  const record = createRecorder(options, ports);

  function ended(call: string): boolean {
    if (client.isStopped) refuse(client, "shut_down", `${call} came after shutdown()`);
    return client.isStopped;
  }

  /** True when the call goes no further. */
  function refused(call: string): boolean {
    if (ended(call)) return true;
    if (!device.silent && identity.get().optedOut !== true) return false;
    refuse(client, "opted_out", `${call}: the user opted out`);
    return true;
  }

  function owner(): Pick<TrackOperation, "userId" | "anonymousId" | "held"> {
    const { userId, anonymousId } = identity.get();
    if (userId !== undefined) return { userId };
    return device.holds ? { anonymousId, held: true } : { anonymousId };
  }

  function track(event: unknown, properties?: unknown, context?: unknown): void {
    const call = `track(${quote(event)})`;
    if (refused(call)) return;
    const operation = record(owner, event, properties, context, device.context?.());
    if (operation === undefined) return refuse(client, "before_send", `beforeSend left out ${quote(event)}`);
    if (operation instanceof Refusal)
      return refuse(client, operation.reason, `${call} was dropped: ${operation.message}.`);
    // Asked again: a beforeSend may have opted the user out, said who it is, or parted the two.
    if (refused(call)) return;
    const current = operation.held ? claim(operation) : operation;
    if (current === undefined)
      refuse(client, "reset", `${call} was dropped: reset() came inside beforeSend.`);
    else if (current.held) hold(client, current);
    else append(current);
  }

  function identify(userId: unknown, given?: unknown): void {
    if (refused("identify()")) return;
    const before = identity.get();
    let next = before;
    const operation = snapshot(() => {
      const id = checkUserId(userId);
      const made = deviceIdentify(id, given, device.traits?.() ?? {});
      next = identified(before, id, ports.uuid);
      if (made.token !== undefined) next = withToken(next, made.token);
      const visitor = visitorToName(next, before);
      const update = pushUpdate(next);
      // What is still to be said of another user's token is none of this user's business.
      if (update?.userId !== id) return made.operation(visitor, undefined);
      next = registering(next, update);
      return made.operation(visitor, update);
    });
    if (operation instanceof Refusal)
      return refuse(client, operation.reason, `identify() was dropped: ${operation.message}.`);
    identity.set(next);
    append(operation);
  }

  function append(operation: Operation): void {
    // Events that wait for a user stand at the end: once another page has named the user, they go before what comes now.
    if (identity.get().userId !== undefined) release(client, claim);
    appendTo(client, operation);
  }

  /** The identity changes, and with it perhaps what the server must know about the token. */
  function become(next: Identity): void {
    identity.set(next);
    const update = pushUpdate(next);
    if (update === undefined) return;
    identity.set(registering(next, update));
    append({
      kind: "identify",
      body: JSON.stringify({ external_user_id: update.userId, channels: update.channels }),
      means: { push: update.registration },
    });
  }

  /** The user opted out: nothing is left of the queue, and the server may send to this device no more. */
  function silence(): void {
    discard(client, "opted_out");
    become(doubted(identity.get()));
    void flush(client);
  }

  /** A held event, once its visitor is a user; undefined when `reset()` has parted the two. */
  function claim(event: TrackOperation): TrackOperation | undefined {
    const { userId, anonymousId } = identity.get();
    if (event.anonymousId !== anonymousId) return undefined;
    if (userId === undefined) return event;
    const { held: _held, anonymousId: _visitor, ...rest } = event;
    return { ...rest, userId };
  }

  function restore(text: string): Operation | DropReason {
    const operation = parseOperation(text);
    if (operation === undefined) return "corrupt";
    if (device.silent || identity.get().optedOut === true)
      return optsTokenOut(operation) ? operation : "opted_out";
    return operation.kind === "track" && operation.held === true ? (claim(operation) ?? "reset") : operation;
  }

  function sync(said?: string | null): void {
    identity.heard(said ?? null);
    const { optedOut, userId } = identity.get();
    // A page that opted out itself has nothing but that to send, and must not take it back.
    if (optedOut) {
      if (!holdsOnly(client, optsTokenOut)) silence();
    } else if (userId !== undefined) release(client, claim);
  }

  const api: DeviceClient<Events> = {
    track,
    identify,
    flush: () => flush(client),
    reset() {
      const flushed = flush(client);
      // After a shutdown() as well: the next client must not find the person who has left.
      identity.set(forgotten(identity.get(), ports.uuid()));
      release(client, claim);
      return flushed;
    },
    optOut() {
      if (identity.get().optedOut === true) return;
      // First, so that nothing comes in while the app hears of what is discarded.
      identity.set(withConsent(identity.get(), false));
      silence();
    },
    optIn() {
      if (!ended("optIn()")) become(withConsent(identity.get(), true));
    },
    setPushToken(address, settings) {
      if (device.silent || typeof address !== "string" || address.trim() === "") return;
      if (ended("setPushToken()")) return;
      const token = pushToken(address, settings);
      if (token instanceof Refusal)
        return refuse(client, token.reason, `setPushToken() was dropped: ${token.message}.`);
      become(withToken(identity.get(), token));
    },
    setPushPermission(permission) {
      const granted = ["denied", "granted", "provisional"].indexOf(permission);
      if (device.silent || granted < 0 || ended("setPushPermission()")) return;
      become(withPermission(identity.get(), granted > 0));
    },
    stats: () => stats(client),
    shutdown: (settings) => shutDown(client, settings?.timeoutMs),
  };
  return { api, client, restore, sync };
}

/** What an opted-out device still has to say. */
function optsTokenOut(operation: Operation): boolean {
  return operation.kind === "identify" && operation.means?.push?.optedIn === false;
}
