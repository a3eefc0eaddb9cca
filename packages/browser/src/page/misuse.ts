/** Options that make no sense. No page goes down for them, nor what a server renders: they are said on the console, and not taken. */
import { attempt, describeThrown, ownOptions } from "@whisperr/core";

/**
 * What `make` makes of the options, without those that it refuses by name; undefined where it can make nothing of them.
 * `said`: what need not be said again.
 */
export function withoutMisuse<Options extends object, Made>(
  given: Options,
  said: Set<string>,
  make: (options: Options) => Made,
): Made | undefined {
  for (let options = given; ; ) {
    try {
      return make(ownOptions(options));
    } catch (error) {
      const { option = "" } = Object(error) as { readonly option?: string };
      const name = attempt(() => option.replace(/\..*/, ""), "apiKey") as keyof Options;
      // Without a key there is no client. What was left out already is no option, or it is not the only one.
      const isLast = name === "apiKey" || options?.[name] === undefined;
      const what = `[whisperr] ${isLast ? "Nothing is recorded" : "Default taken"}. ${describeThrown(error)}`;
      if (!said.has(what)) console.error(what);
      said.add(what);
      if (isLast) return undefined;
      options = { ...options, [name]: undefined };
    }
  }
}
