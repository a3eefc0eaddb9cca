import { type Client, guard } from "@whisperr/core";

/** Listens until it is stopped: what stops it is put into `stops`. Engines of 2020 know no `signal` for that. */
export function listen<E extends Event>(
  client: Client,
  stops: (() => void)[],
  target: EventTarget,
  type: string,
  listener: (event: E) => void,
): void {
  const guarded = (event: Event) => guard(client, () => listener(event as E));
  const call = (name: "addEventListener" | "removeEventListener") =>
    guard(client, () => {
      // An element of this name, or form, takes the place of the method.
      const method = typeof target[name] === "function" ? target[name] : EventTarget.prototype[name];
      method.call(target, type, guarded, true);
    });
  call("addEventListener");
  stops.push(() => call("removeEventListener"));
}
