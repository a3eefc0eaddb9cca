/** The push token of a device: what is said of it is queued, and what became of that is remembered. */
import { checkNames } from "../development.ts";
import { bodyOf, identifyBody, type WireChannel } from "../events/identify-body.ts";
import { type IdentifyOperation, isIdentify, type Operation } from "../events/operation.ts";
import { isText, stringify } from "../events/snapshot.ts";
import { classifyAnswer, type Transport } from "../http/exchange.ts";
import { identityOf, setIdentity } from "../identity/identity-keeper.ts";
import {
  carriedBy,
  channelsOf,
  identifying,
  missing,
  onlyOptsOut,
  pushUpdate,
  repeatedBy,
  saying,
  settled,
  withToken,
} from "../identity/push-token.ts";
import { guard } from "../loop/guard.ts";
import { enqueue } from "../loop/queue.ts";
import { warningsOf } from "../report/reporter.ts";
import type { Names } from "../unknown-names.ts";
import type { Client } from "./client.ts";
import type { DeviceRecord, PushCalls, TokenSettings } from "./device.ts";
import { appendOwn, become, change } from "./device-client.ts";

/** What a client does about its device's token. */
export const PUSH = {
  start,
  noteUnheard,
  noteRepeated,
  update,
  identifying,
  reconcile,
  settled,
  onlyOptsOut,
};

/** Of the owner's permissions, the first is none. */
const PERMISSIONS = ["denied", "granted", "authorized", "provisional"];

/** Its calls. */
function start(client: DeviceRecord): PushCalls {
  Object.assign(client, { transport: noticing(client, client.transport) });
  return {
    setPushToken: (address, settings) => setPushToken(client, address, settings),
    setPushPermission(permission) {
      const index = PERMISSIONS.indexOf(permission);
      if (client.device.silent || index < 0) return;
      guard(client, () => change(client, "setPushPermission()", { denied: index === 0 }));
    },
  };
}

/**
 * Notes which identifies may have arrived though they wait on: those that ended without an answer, and those that were accepted
 * before their turn and are said again in it. What is settled now is known to be so at once.
 */
function noticing(client: DeviceRecord, transport: Transport): Transport {
  return (batch) => {
    const request = transport(batch);
    void request.answer.then((answer) => {
      const mayHold = ["retry", "accepted"].includes(classifyAnswer(answer, batch.count, 0).kind);
      if (batch.path === "/v1/identify" && mayHold) guard(client, () => noteUnheard(client, batch));
    });
    return request;
  };
}

/** An identify that may have been sent, and arrived, though nobody heard of it. */
function noteUnheard(client: DeviceRecord, sent: { readonly body: string }): void {
  const identity = identityOf(client);
  const carried = carriedBy(identity.said, bodyOf(sent));
  for (const one of carried) one.inDoubt = true;
  if (carried[0]) setIdentity(client, identity);
}

/** What was said of a token, after so many `resets`, is about to be said once more, whatever was said in between. */
function noteRepeated(
  client: DeviceRecord,
  repeated: { readonly body: string },
  resets: number | undefined,
): void {
  const identity = identityOf(client);
  const news = repeatedBy(identity, bodyOf(repeated), resets);
  setIdentity(client, { ...identity, said: saying(identity.said, news) });
}

/** `waiting`: all operations that do, read from storage or not. What else is noted as queued was lost before it was: it is said now. */
function reconcile(client: DeviceRecord, waiting: () => readonly object[]): void {
  // Nobody is made a visitor for it.
  const isDue =
    !client.stopping && !client.device.silent && client.identityStore.read()?.includes('"isQueued":true');
  if (!isDue) return;
  const identity = identityOf(client);
  const { said } = identity;
  const identifies = (waiting() as Operation[]).filter(isIdentify);
  const gone = missing(said, identifies.map(bodyOf));
  if (gone[0]) become(client, { ...identity, said: settled(said, undefined, false, gone) });
}

function setPushToken(client: DeviceRecord, address: unknown, settings?: object): void {
  if (client.device.silent || !isText(address)) return;
  checkNames(
    settings,
    { kind: true, platform: true, pushEnv: true } satisfies Names<TokenSettings>,
    "setPushToken()",
    (name, message) => warningsOf(client.reporter)(`setPushToken() ${name}`, message),
  );
  const make = () => {
    const channels = [{ ...settings, type: "push", address, optedIn: true }];
    return { kind: "identify" as const, body: identifyBody("", { channels }) };
  };
  const add = (_: Client, operation: IdentifyOperation) => {
    const [token] = bodyOf(operation).channels as [WireChannel];
    const identity = identityOf(client);
    // Opted out, no token is remembered; but an opt-out that was refused is said again.
    become(client, identity.optedOut ? identity : withToken(identity, token));
  };
  enqueue(client, () => "setPushToken()", make, add);
}

/** Queues what must be said of the token now. `last`: under whose name the call before this one said it, if it did. */
function update(client: DeviceRecord, last?: string): void {
  const users: string[] = [];
  for (;;) {
    // Looked at again each time: the app may have changed something when it heard of what came before.
    const identity = identityOf(client);
    const news = pushUpdate(identity);
    const userId = news[0]?.userId;
    // The same once more: it did not get into the queue, or the next one has driven it out.
    if (userId === undefined || userId === last || users.includes(userId)) return;
    last = undefined;
    users.push(userId);
    setIdentity(client, { ...identity, said: saying(identity.said, news) });
    const body = stringify({ external_user_id: userId, channels: channelsOf(news) });
    appendOwn(client, { kind: "identify", body });
  }
}
