/** The client of an integration that makes one itself, unless the app gives its own. */
import { named, PROCESS_OPTION_NAMES } from "@whisperr/core";
// By its name, so that an app which imports both loads one copy.
import { createWhisperr, type NodeOptions, type Whisperr } from "@whisperr/node";
import { say } from "../say.ts";

/** `of`: the call that got the options. */
export function ownClient(
  options: NodeOptions & { readonly whisperr?: Whisperr | undefined },
  of: string,
): Whisperr {
  const { whisperr } = options;
  const given = named<NodeOptions>(options, PROCESS_OPTION_NAMES);
  if (!whisperr) return createWhisperr(given);
  const ignored = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (ignored.length > 0)
    say(`${of} got a client, and ignores ${ignored.join(", ")}: write that at its createWhisperr().`);
  return whisperr;
}
