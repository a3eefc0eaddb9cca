/** Mistakes of client SDKs about pages that are left: what browsers grant them, and what they leave to others (contract, section 6). */
import { deaf, patched } from "../hooks/platform.ts";
import { withoutKeepalive, withRequests } from "../hooks/requests.ts";
import type { Mutant } from "../mutant.ts";

/** How often a page looks for others that are gone. */
const SCAN_MS = 15_000;

export const leftPageMutants: readonly Mutant[] = [
  {
    id: "keepalive-in-characters",
    does: "Counts characters, of up to three bytes each, where browsers count bytes.",
    how: withRequests((request) =>
      document.visibilityState === "hidden" ? { ...request, body: request.body.padEnd(60_000) } : request,
    ),
    caughtBy: { "leaving.budget-in-bytes": /expected 1 requests, the API saw 0/ },
  },
  {
    id: "put-away-unaware",
    does: "Sends everything as its page is put away, in a request that ends with it.",
    how: (life) => ({
      ...deaf(() => window, "pagehide")(life),
      client({ flush }) {
        window.onpagehide = () => void flush();
        return {};
      },
      fetch: (request, send) => send(withoutKeepalive(request)),
      undo() {
        window.onpagehide = null;
      },
    }),
    caughtBy: {
      "leaving.budget-of-a-page-put-away": /outlives its page: expected true, got false|largest body/,
    },
  },
  {
    id: "looks-once-for-closed-pages",
    does: "Looks for closed pages when it has started, and not again.",
    how: () => {
      let looks = 0;
      return {
        setTimeout: (run, delayMs, set) =>
          delayMs === SCAN_MS && looks++ > 0 ? undefined : set(run, delayMs),
      };
    },
    caughtBy: { "tabs.closed-later": /stored types: expected 1 items, got 0/ },
  },
  {
    id: "leaves-what-was-answered",
    does: "Leaves what is answered while its page is being put away for the next page to send.",
    how: patched(
      () => Storage.prototype,
      "setItem",
      (set: Storage["setItem"]) =>
        function (this: Storage, key: string, text: string) {
          if (text !== "" || !key.includes(".q.")) set.call(this, key, text);
        },
    ),
    caughtBy: { "leaving.answered-after-leaving": /number of requests: expected 1, got 2/ },
  },
  {
    id: "takes-what-is-under-way",
    does: "Sends at once what a page had under way when it was closed.",
    how: patched(
      () => Storage.prototype,
      "getItem",
      (get: Storage["getItem"]) =>
        function (this: Storage, key: string) {
          return key.includes(".f.") ? null : get.call(this, key);
        },
    ),
    caughtBy: { "tabs.closed-under-way": /number of requests: expected 1, got 2/ },
  },
  {
    id: "held-of-whoever-was-there",
    does: "Takes over what a closed page has held as if its own visitor had been there.",
    how: () => ({
      client: ({ reset }) => ({
        reset() {
          const held = Object.entries(localStorage).filter(([key]) => key.includes(".q."));
          const done = reset?.();
          const [, identity = "{}"] = Object.entries(localStorage).find(([key]) => key.endsWith(".id")) ?? [];
          const { anonymousId } = JSON.parse(identity) as { anonymousId: string };
          for (const [key, text] of held)
            if (text !== "") localStorage.setItem(key, JSON.stringify({ ...JSON.parse(text), anonymousId }));
          return done;
        },
      }),
    }),
    caughtBy: { "tabs.closed-then-reset": /stored types: expected 1 items, got 2/ },
  },
];
