/** A key that is missing, or none, must not fail the requests of a site (contract, section 7). */
import { checkApiKey, describeThrown } from "@whisperr/core";

/** What was said already, of the requests that one middleware serves. */
export type Said = Set<string>;

/** Whether the client can only be a disabled one. Why is said once. */
export function isWithoutKey({ apiKey }: { readonly apiKey?: unknown }, said: Said = new Set()): boolean {
  try {
    checkApiKey(apiKey);
    return false;
  } catch (error) {
    sayDisabled(error, said);
    return true;
  }
}

/** Why there is only a disabled client, whatever `debug` and `onError` are. */
export function sayDisabled(thrown: unknown, said: Said = new Set()): void {
  const why = describeThrown(thrown);
  if (!said.has(why)) console.error(`[whisperr] Nothing is recorded and nothing is sent. ${why}`);
  said.add(why);
}
