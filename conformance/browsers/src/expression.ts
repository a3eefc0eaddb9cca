/** What to run in a page, as one text whatever the engine: arguments in, result out, both as JSON. */
import type { Script } from "./browser.ts";

/** An expression whose value is a promise of the result's JSON, or of undefined where the result has none. */
export function jsonExpression<Args extends readonly unknown[], Result>(
  script: Script<Args, Result>,
  args: Args,
): string {
  const call =
    typeof script === "string"
      ? script
      : `(${script})(...${JSON.stringify(args).replaceAll("\u2028", "\\u2028")})`;
  return `(async () => JSON.stringify(await (${call})))()`;
}

export function parseResult<Result>(json: string | null | undefined): Result {
  return (json === undefined || json === null ? undefined : JSON.parse(json)) as Result;
}
