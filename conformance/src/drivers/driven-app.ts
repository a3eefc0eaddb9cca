/** The app a driver plays: one client at a time, its calls, and what it got back from them. */
import { messageOf } from "../message-of.ts";
import {
  CALL_NAMES,
  type Call,
  type CallForm,
  type CallName,
  type Collected,
  type Created,
  type Observation,
  type WireObject,
} from "../protocol.ts";
import { decodeObject, decodeValue, type SpecialValues } from "./values.ts";

/** What the driver needs of a client; arguments are deliberately untyped, cases pass wrong ones. */
export interface DrivenClient {
  /** `bound`: through the client of one user, its only item. */
  call(name: CallName, args: readonly unknown[], bound?: readonly [userId: unknown]): unknown;
  flush(options?: { timeoutMs?: number }): Promise<unknown>;
  /** `isClosing`: it is the end of the case, and of all clients. */
  shutdown(options?: { timeoutMs?: number }, isClosing?: boolean): Promise<unknown>;
  stats(): unknown;
}

export interface DrivenApp {
  /** `listens`: with an onError, which records. */
  create(options: WireObject, form: CallForm, listens: boolean): Created;
  /** `elsewhere`: the client to call, if it is not the one that was created last. */
  call(calls: readonly Call[], elsewhere?: DrivenClient): void;
  /** `path`: from that argument to the object that changes. */
  mutate(argument: number, path: readonly (string | number)[], set: WireObject): void;
  start(name: string, begin: (client: DrivenClient) => Promise<unknown>): void;
  collect(name: string): Collected | null;
  observe(): Omit<Observation, "output">;
}

/** Everything of one client's life. */
interface Life {
  client?: DrivenClient;
  lastArgs: unknown[];
  errors: unknown[];
  thrown: string[];
  promises: Map<string, Collected>;
}

const newLife = (): Life => ({ lastArgs: [], errors: [], thrown: [], promises: new Map() });

export function createDrivenApp(
  make: (options: Record<string, unknown>, form: CallForm) => DrivenClient,
  host: SpecialValues,
): DrivenApp {
  let life = newLife();
  /** An app's callback that calls the SDK again. */
  const special: SpecialValues = {
    ...host,
    "calls-track":
      ({ args, later }) =>
      () => {
        const call = () => life.client?.call("track", args as unknown[]);
        return later ? Promise.resolve().then(call) : call();
      },
    "calls-flush":
      ({ later }) =>
      () =>
        later ? Promise.resolve().then(() => void life.client?.flush()) : void life.client?.flush(),
    "calls-shutdown": () => (event: unknown) => {
      void life.client?.shutdown();
      return event;
    },
    "calls-opt-out": () => (event: unknown) => {
      life.client?.call("optOut", []);
      return event;
    },
  };
  const live = (): DrivenClient => {
    if (!life.client) throw new Error("no client: creation failed or was never asked for");
    return life.client;
  };

  return {
    create(wire, form, listens) {
      life = newLife();
      const given = decodeObject(wire, 0, special);
      const options = listens ? recordingErrors(given, life.errors) : given;
      try {
        life.client = make(options, form);
        return { created: true };
      } catch (error) {
        return { created: false, error: messageOf(error) };
      }
    },
    call(calls, elsewhere) {
      const client = elsewhere ?? live();
      for (const call of calls) {
        for (let index = 0; index < (call.repeat ?? 1); index++) makeCall(call, index, client, life, special);
      }
    },
    mutate(argument, path, set) {
      const found = path.reduce(
        (value, key) => (value as Record<string | number, unknown>)[key],
        life.lastArgs[argument],
      );
      Object.assign(found as object, decodeObject(set, 0, special));
    },
    start(name, begin) {
      const { promises } = life;
      promises.set(name, { state: "pending" });
      begin(live()).then(
        (value) => promises.set(name, { state: "fulfilled", value }),
        (error) => promises.set(name, { state: "rejected", value: messageOf(error) }),
      );
    },
    collect: (name) => life.promises.get(name) ?? null,
    observe: () => ({ stats: life.client?.stats() ?? null, errors: life.errors, thrown: life.thrown }),
  };
}

function makeCall(call: Call, index: number, client: DrivenClient, life: Life, special: SpecialValues): void {
  const name = CALL_NAMES.find((one) => call[one] !== undefined);
  if (name === undefined) throw new Error(`this driver knows no call ${JSON.stringify(call)}`);
  const decode = (value: Parameters<typeof decodeValue>[0]) => decodeValue(value, index, special);
  life.lastArgs = (call[name] ?? []).map(decode);
  try {
    client.call(name, life.lastArgs, "forUser" in call ? [decode(call.forUser ?? null)] : undefined);
  } catch (error) {
    life.thrown.push(`${name}: ${messageOf(error)}`);
  }
}

/** `onError` records, then does what the case's own one does. */
function recordingErrors(options: Record<string, unknown>, errors: unknown[]): Record<string, unknown> {
  const own = options.onError;
  const onError = (error: unknown) => {
    errors.push(error);
    return typeof own === "function" ? own(error) : undefined;
  };
  return { ...options, onError };
}
