/** The client that a framework hands to the components of an app: the app's own, or one that is made of options. */
import { checkNames, type Names } from "@whisperr/core";
import { type BrowserOptions, createWhisperr, type Whisperr } from "./index.ts";

/** Frameworks ask again at each rendering: what was said is not said again. */
const said: Set<string> = /* @__PURE__ */ new Set();

/** As `checkNames()` says it. */
export const sayName = (_name: string, message: string): void => sayOnce(message);

function sayOnce(message: string): void {
  if (said.has(message)) return;
  said.add(message);
  console.warn(`[whisperr] ${message}`);
}

/**
 * `given`: what `of` got. Where there is a client among it, it takes `names` beside that, and otherwise makes one of `options`. Never throws:
 * what is no client counts as not given.
 */
export function providedClient(
  given: unknown,
  names: Names<object>,
  of: string,
  options: unknown = given,
): Whisperr {
  const { client } = Object(given) as { readonly client?: Whisperr | null };
  if (typeof client?.track !== "function") {
    if (client) sayOnce(`The client that ${of} got is none: write the one that createWhisperr() made.`);
    return createWhisperr(options as BrowserOptions);
  }
  checkNames(given, names, `${of} with a client`, sayName, (name) => `${name} at its createWhisperr()`);
  return client;
}
