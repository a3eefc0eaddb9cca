/** A page has one client per API key: what a later call wants otherwise is ignored, and that is said. */
import { attempt } from "@whisperr/core";

type Options = Readonly<Record<string, unknown>>;

/** Names the options of `later` that the client made with `first` goes on without. Each list of names once. */
export function sayIgnored(first: Options, later: Options, said: Set<string>): void {
  const isIgnored = (name: string) =>
    later[name] !== undefined && textOf(later[name]) !== textOf(first[name]);
  const names = Object.keys(later)
    .filter((name) => name !== "apiKey" && isIgnored(name))
    .join(", ");
  if (names === "" || said.has(names)) return;
  said.add(names);
  console.warn(
    `[whisperr] options ignored: ${names}. This apiKey has a client already: give them to the first createWhisperr().`,
  );
}

/** Functions of the same text are one: components write them again with each rendering. */
function textOf(value: unknown): string {
  return attempt(() => (typeof value === "object" ? JSON.stringify(value) : String(value)), "");
}
