/**
 * `@whisperr/web` 0.2.0, called as the driver calls ours: other names for the same, and what it does without a switch is
 * turned off the way an app can. Options and calls it does not know reach it all the same.
 */

import type { DrivenClient } from "@whisperr/conformance/drivers/driven-app.ts";
import { AS_SERVERS } from "@whisperr/conformance/drivers/page.ts";
import type { CallForm } from "@whisperr/conformance/protocol";

/** What is used of it. */
export interface PublishedWebSdk {
  init(options: never): object;
}

type Options = Record<string, unknown>;
/** `userId` and `anonId` are what it looks at when it builds an event or an identify. */
type WebClient = Record<string, (...args: unknown[]) => unknown> & { userId: unknown; anonId: string };
export type WebDrivenClient = Omit<DrivenClient, "shutdown">;

/** What it puts into every event and identify, unless the app says otherwise: undefined does, and leaves the key out. */
const OWN_CONTEXT = ["library", "session_id", "page", "locale", "user_agent"];
const OWN_TRAITS = ["timezone", "locale"];
/** 0 would flush all the time: there is no way to turn its timer off, only to make it the slowest. */
const SLOWEST_INTERVAL_MS = 2_147_483_647;

export function outsideClient(sdk: PublishedWebSdk, given: Options, form: CallForm): WebDrivenClient {
  const options = form === "server" ? { ...AS_SERVERS, ...given } : given;
  const client = sdk.init(translated(options) as never) as WebClient;
  return {
    call(name, args, bound) {
      if (bound) throw new Error("client SDKs have no forUser()");
      if (form === "server") knowUser(client, args[0]);
      const [method, passed] = asItTakes(name, form === "server" && name === "track" ? args.slice(1) : args);
      const from = (position: number, keys: readonly string[]) => without(passed[position], keys);
      if (method === "track" && options.autoContext === false) passed[2] = from(2, OWN_CONTEXT);
      if (method === "identify" && options.traitsFromDevice === false) passed[1] = withoutTraits(passed[1]);
      if (client[method] === undefined) throw new Error(`${method} is not a function`);
      return client[method](...passed);
    },
    flush: async () => client.flush?.(),
    stats: () => null,
  };
}

function translated({ pageViews, flushIntervalMs, ...rest }: Options): Options {
  return {
    ...rest,
    ...(pageViews !== undefined && { autocapturePageviews: pageViews }),
    ...(flushIntervalMs !== undefined && {
      flushIntervalMs: flushIntervalMs === 0 ? SLOWEST_INTERVAL_MS : flushIntervalMs,
    }),
  };
}

/** page() takes a name first, which ours has no place for. */
function asItTakes(name: string, args: readonly unknown[]): [string, unknown[]] {
  return [name, name === "page" ? [undefined, ...args] : [...args]];
}

/** As one whose identify was delivered long ago, visitor and all. It reads its storage when it starts only. */
function knowUser(client: WebClient, userId: unknown): void {
  if (typeof userId !== "string" || userId === "") return;
  client.userId = userId;
  client.anonId = "";
}

function withoutTraits(details: unknown): unknown {
  const copy = copyOf(details);
  return copy ? Object.assign(copy, { traits: without(copy.traits, OWN_TRAITS) }) : details;
}

/** The same object with these keys undefined, unless it has them itself; what is no object stays what it is. */
function without(value: unknown, keys: readonly string[]): unknown {
  const copy = copyOf(value);
  if (!copy) return value;
  for (const key of keys) if (!(key in copy)) copy[key] = undefined;
  return copy;
}

/** Of plain objects only. Getters are copied, not read: what they do is the SDK's affair. */
function copyOf(value: unknown = {}): Record<string, unknown> | undefined {
  try {
    if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) return undefined;
    return Object.defineProperties({}, Object.getOwnPropertyDescriptors(value));
  } catch {
    return undefined;
  }
}
