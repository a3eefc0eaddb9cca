/** An SDK that becomes the mutant which the option `mutant` names, one client at a time. Runs where the SDK runs. */
import { mutants } from "./list/mutants.ts";
import type { Client, Hooks, Life, Options, Patch, Reported, SentRequest } from "./mutant.ts";

/** What the option `mutant` holds. Without an id the SDK stays as it is. */
export interface Choice {
  id: string | null;
  /** Another number is another case: what the last mutant left behind goes. */
  run: number;
}

interface Sdk {
  createWhisperr: (options: never) => object;
}

export function mutated<Whole extends Sdk>(sdk: Whole): Whole {
  let run = -1;
  const leftBehind: (() => void)[] = [];

  function createWhisperr({ mutant, ...options }: Options): object {
    const choice = mutant as Choice;
    if (choice.run !== run) for (const undo of leftBehind.splice(0).reverse()) undo();
    run = choice.run;
    const found = mutants.find(({ id }) => id === choice.id);
    if (!found && choice.id !== null) throw new Error(`there is no mutant ${choice.id}`);
    const life: Life = { options };
    const hooks = found?.how(life) ?? {};
    leftBehind.push(patch(patchesOf(hooks)), () => hooks.undo?.());
    const client = sdk.createWhisperr(mutatedOptions(hooks, options) as never) as Client;
    life.client = client;
    leftBehind.push(() => void client.shutdown({ timeoutMs: 0 }));
    return mutatedClient(hooks, client);
  }

  return { ...sdk, createWhisperr: createWhisperr as never };
}

function mutatedOptions({ options: alter, fetch: stand, onError }: Hooks, given: Options): Options {
  const options = { ...(alter?.(given) ?? given) };
  if (stand) {
    const real = (options.fetch as typeof fetch | undefined) ?? ((url, init) => fetch(url, init));
    const send = ({ url, ...init }: SentRequest) => real(url, init);
    options.fetch = (url: string, init: RequestInit) => stand(asSent(url, init), send);
  }
  if (onError) {
    const report = options.onError as (error: Reported) => void;
    options.onError = (error: Reported) => onError({ ...error }, report);
  }
  return options;
}

function asSent(url: string, init: RequestInit): SentRequest {
  return { ...init, url, headers: Object.fromEntries(new Headers(init.headers)), body: String(init.body) };
}

/** What goes through a client of one user goes through the methods that were altered. */
function mutatedClient({ client: alter }: Hooks, client: Client): Client {
  if (!alter) return client;
  const changed: Client = { ...client, ...alter(client) };
  if (!client.forUser || changed.forUser !== client.forUser) return changed;
  return {
    ...changed,
    forUser: (userId) => ({
      track: (...args) => changed.track(userId, ...args),
      identify: (...args) => changed.identify(userId, ...args),
    }),
  };
}

/** Timers of Node's own fetch are nobody's mistake. */
const HOST_FRAME = /node:internal\/deps\/undici/;

function patchesOf({ setTimeout: stand, patches = [] }: Hooks): readonly Patch[] {
  if (!stand) return patches;
  const timers: Patch = {
    target: globalThis,
    name: "setTimeout",
    by: (set: (run: () => void, delayMs: number) => unknown) => (run: () => void, delayMs: number) =>
      HOST_FRAME.test(new Error().stack ?? "") ? set(run, delayMs) : stand(run, delayMs, set),
  };
  return [...patches, timers];
}

/** Returns what takes them back. */
function patch(patches: readonly Patch[]): () => void {
  const undos = patches.map(({ target, name, by }) => {
    const before = Object.getOwnPropertyDescriptor(target, name);
    const original = Reflect.get(target, name) as never;
    Object.defineProperty(target, name, { value: by(original), configurable: true, writable: true });
    return () => {
      if (before) Object.defineProperty(target, name, before);
      else Reflect.deleteProperty(target, name);
    };
  });
  return () => {
    for (const undo of undos.reverse()) undo();
  };
}
