/**
 * Who may talk to a server on loopback. Any web page that somebody has open can send requests there, and a name of its
 * own can be made to lead there: a page is known by its Origin, such a name by the Host.
 */

/** The headers that tell. */
export interface Sender {
  host: string | undefined;
  origin: string | undefined;
}

/** Names of this machine, as a Host header writes them. */
const LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"];

/** Why this sender is turned away; undefined when it may send. `origins`: those of the pages that may. */
export function whyTurnedAway(
  { host = "", origin }: Sender,
  port: number,
  origins: readonly string[] | "any",
): string | undefined {
  const hosts = LOOPBACK_NAMES.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
  if (!hosts.includes(host.toLowerCase()))
    return `the Host "${host}" is not this server: ${hosts.join(", ")}`;
  if (origin === undefined || origins === "any" || origins.includes(origin)) return undefined;
  return `pages of the Origin "${origin}" may not send here`;
}
