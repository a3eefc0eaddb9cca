/** Mistakes about what the SDK finds on its platform. */
import type { How } from "../mutant.ts";

/** `target` is asked for when the client is made: not every platform has it. */
export const patched =
  (target: () => object, name: PropertyKey, by: (original: never) => unknown): How =>
  () => ({ patches: [{ target: target(), name, by }] });

export const withClock = (edit: (nowMs: number) => number): How =>
  patched(
    () => Date,
    "now",
    (now: () => number) => () => edit(now()),
  );

export const drawing = (number: number): How =>
  patched(
    () => Math,
    "random",
    () => () => number,
  );

/** Does not hear events of this type, or not those for which `when` says so. */
export const deaf = (target: () => EventTarget, type: string, when: () => boolean = () => true): How =>
  patched(target, "addEventListener", (add: EventTarget["addEventListener"]) => {
    return (name: string, listener: (event: Event) => void, options?: AddEventListenerOptions) => {
      if (name !== type) return add(name, listener, options);
      add(name, (event) => void (when() || listener(event)), options);
    };
  });

/** Of what the SDK stores, sees what it has stored itself, and what was there when it first looked. */
export const rememberingOwnStorage: How = () => {
  const seen = new Map<string, string | null>();
  return {
    patches: [
      {
        target: Storage.prototype,
        name: "getItem",
        by: (get: Storage["getItem"]) =>
          function (this: Storage, key: string) {
            if (!seen.has(key)) seen.set(key, get.call(this, key));
            return seen.get(key) ?? null;
          },
      },
      {
        target: Storage.prototype,
        name: "setItem",
        by: (set: Storage["setItem"]) =>
          function (this: Storage, key: string, text: string) {
            seen.set(key, text);
            set.call(this, key, text);
          },
      },
    ],
  };
};
