/** Mistakes of SDKs whose clients share what each should have for itself (contract, sections 2, 5 and 7). */
import { withEachEvent } from "../hooks/requests.ts";
import type { Client, Hooks, How, Mutant, Options } from "../mutant.ts";

/** The clients of a case, in the order they were made. */
const made: Client[] = [];

/** `others`: the clients that were made before. */
const sharing = (edit: (client: Client, others: readonly Client[]) => Partial<Client>): How =>
  remembering({
    client(client) {
      const changes = edit(client, [...made]);
      made.push(client);
      return changes;
    },
  });

/** All clients but the first. */
const withLater = (edit: (options: Options) => Options): How =>
  remembering({
    options: (options) => (made.length > 0 ? edit(options) : options),
    client(client) {
      made.push(client);
      return {};
    },
  });

function remembering(hooks: Hooks): How {
  return () => ({ ...hooks, undo: () => made.splice(0) });
}

/** The one request that all clients together may have under way. */
let underWay: Promise<unknown> = Promise.resolve();

export const clientMutants: readonly Mutant[] = [
  {
    id: "ids-counted-by-each-client",
    does: "Counts its events from 1, in every client anew.",
    how: withEachEvent(() => {
      const known: unknown[] = [];
      return (event) => {
        const { $message_id } = event.context;
        if (!known.includes($message_id)) known.push($message_id);
        return {
          ...event,
          context: { ...event.context, $message_id: `event-${known.indexOf($message_id)}` },
        };
      };
    }),
    caughtBy: { "clients.ids": /sends 50 events again that request #0 acknowledged/ },
  },
  {
    id: "one-client-for-all",
    does: "Gives the first client to everybody who asks for one.",
    how: sharing((client, [first = client]) => ({ ...first })),
    caughtBy: { "clients.apart": /stored types: expected 1 items, got 2: \["a","b"\]/ },
  },
  {
    id: "shutdown-of-all",
    does: "Shuts every client down with one.",
    how: sharing(({ shutdown }) => ({
      shutdown(options) {
        const all = made.map((one) => one.shutdown(options));
        return Promise.all(all).then(() => shutdown(options));
      },
    })),
    caughtBy: { "clients.shutdown-of-one": /end should be fulfilled, but is pending/ },
  },
  {
    id: "one-connection-for-all",
    does: "Has one request under way for all clients together.",
    how: () => ({
      async fetch(request, send) {
        await underWay;
        const answer = send(request);
        underWay = answer.catch(() => {});
        return answer;
      },
    }),
    caughtBy: { "clients.hanging-server": /stored types: expected 2 items, got 0/ },
  },
  {
    id: "exit-of-the-first",
    does: "Delivers at the end of the process what the first client has, and forgets the others.",
    on: ["node", "deno"],
    how: withLater((options) => ({ ...options, exitTimeoutMs: 0 })),
    caughtBy: { "clients.exit": /number of requests: expected 2, got 1/ },
  },
  {
    id: "exit-gone-with-one",
    does: "Takes its listener off the process when one client is shut down, though another counts on it.",
    how: sharing(({ shutdown }) => ({
      async shutdown(options) {
        const figures = await shutdown(options);
        process.removeAllListeners("beforeExit");
        return figures;
      },
    })),
    caughtBy: { "clients.exit-after-shutdown-of-one": /expected 2 requests, the API saw 1/ },
  },
  {
    id: "exits-in-turn",
    does: "Ends its clients one after the other, each with a deadline of its own.",
    how: withLater((options) => ({ ...options, exitTimeoutMs: 2 * Number(options.exitTimeoutMs) })),
    caughtBy: { "clients.exit-deadline": /ms until the process ended: expected 4900 to 9000/ },
  },
];
