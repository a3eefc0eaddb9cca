/** Mistakes about batches that a server refuses: 4xx and 413 (contract, section 4). */
import { answered, taking, withAnswers, withStatus } from "../hooks/answers.ts";
import { droppingTogether, sendEach } from "../hooks/batches.ts";
import { eventsOf, idsOf, withEvents } from "../hooks/requests.ts";
import type { Mutant } from "../mutant.ts";

export const refusalMutants: readonly Mutant[] = [
  {
    id: "division-drops-neighbours",
    does: "Drops ten events for one bad one among them.",
    how: droppingTogether((count) => count <= 10),
    caughtBy: { "isolate.one-of-500": /errors: expected 1 items, got 8/ },
  },
  {
    id: "whole-batch-dropped",
    does: "Drops a batch of 500 for one bad event in it.",
    how: droppingTogether(() => true),
    caughtBy: {
      "isolate.one-of-500": /stats\.dropped\.rejected: expected 1, got 500/,
      "isolate.too-old": /errors: expected 1 items, got 3/,
    },
  },
  {
    id: "singles-after-a-refusal",
    does: "Sends events one by one after a refused batch.",
    how: () => ({
      async fetch(request, send) {
        const answer = await send(request);
        const count = idsOf(request).length;
        if (answer.status !== 400 || count < 2) return answer;
        const rejected = await sendEach(request, send);
        return answered(202, { accepted: count - rejected, rejected });
      },
    }),
    caughtBy: { "isolate.one-of-500": /number of requests: expected 2 to 24/ },
  },
  {
    id: "hammers-a-server-that-refuses-all",
    does: "Tries the first events of every refused batch again, one by one.",
    how: () => ({
      async fetch(request, send) {
        const answer = await send(request);
        if (answer.status === 400) await sendEach(withEvents(request, eventsOf(request).slice(0, 5)), send);
        return answer;
      },
    }),
    caughtBy: { "isolate.everything-refused": /number of requests: expected 1 to 120/ },
  },
  {
    id: "too-large-not-divided",
    does: "Drops a batch that was too large instead of dividing it.",
    how: droppingTogether((_count, status) => status === 413),
    caughtBy: {
      "too-large.above-n-events": /dropped\.too_large: not expected, got 500/,
      "too-large.above-n-bytes": /dropped\.too_large: not expected, got 100/,
    },
  },
  {
    id: "too-large-for-ever",
    does: "Sends a lone event that is too large again and again.",
    how: taking((status, request) => status === 413 && idsOf(request).length === 1, 503),
    caughtBy: { "too-large.single-event": /flush should be fulfilled, but is pending/ },
  },
  {
    id: "too-large-forgotten",
    does: "Starts from the top again after every batch, though the server said what it takes.",
    how: taking((status, request) => status === 413 && idsOf(request).length > 1, 400),
    caughtBy: { "too-large.remembered": /number of requests: expected 12 to 30/ },
  },
  {
    id: "small-for-ever",
    does: "Never sends a batch again of the size that was too large once.",
    how: () => {
      let most = Number.POSITIVE_INFINITY;
      return {
        async fetch(request, send) {
          const count = idsOf(request).length;
          if (count > most) {
            const rejected = await sendEach(request, send);
            return answered(202, { accepted: count - rejected, rejected });
          }
          const answer = await send(request);
          if (answer.status === 413) most = Math.min(most, count / 2);
          return answer;
        },
      };
    },
    caughtBy: { "too-large.recovers": /number of requests: expected 6 to 10, got \d\d/ },
  },
  {
    id: "search-ends-with-the-first",
    does: "Takes the rest of a refused batch along, once one bad event of it is found.",
    how: () => {
      let suspects = new Set<string>();
      let found = false;
      return {
        async fetch(request, send) {
          const ids = idsOf(request);
          if (found && ids.length > 0 && ids.every((id) => suspects.has(id))) return answered(400);
          const answer = await send(request);
          if (answer.status === 400 && ids.length > suspects.size) suspects = new Set(ids);
          found ||= answer.status === 400 && ids.length === 1;
          return answer;
        },
      };
    },
    caughtBy: {
      "isolate.first-and-last": /stored types: expected 1 items, got 0/,
      "isolate.scattered": /stored types: expected 3 items/,
    },
  },
  {
    id: "small-after-one-large",
    does: "Sends events one by one, once a lone one was too large.",
    how: () => {
      let wasTooLarge = false;
      return {
        async fetch(request, send) {
          const count = idsOf(request).length;
          if (wasTooLarge && count > 1) {
            const rejected = await sendEach(request, send);
            return answered(202, { accepted: count - rejected, rejected });
          }
          const answer = await send(request);
          wasTooLarge ||= answer.status === 413 && count === 1;
          return answer;
        },
      };
    },
    caughtBy: { "too-large.single-says-nothing": /expected 2 requests, the API saw 51/ },
  },
  {
    id: "refusals-counted-for-life",
    does: "Drops batches undivided after its fortieth refusal, whatever was accepted in between.",
    how: () => {
      let refusals = 0;
      const together = droppingTogether(() => ++refusals > 40);
      return together({ options: {} });
    },
    caughtBy: { "isolate.many-in-turn": /stored types: expected 1 items|good×45/ },
  },
  {
    id: "run-taken-for-everything",
    does: "Drops the next twenty events unsent when forty were refused in a row.",
    how: () => {
      let refusals = 0;
      let unsent = 0;
      return {
        async fetch(request, send) {
          if (unsent-- > 0) return answered(400);
          const answer = await send(request);
          refusals = answer.status < 300 ? 0 : refusals + 1;
          unsent = refusals === 40 ? 20 : 0;
          return answer;
        },
      };
    },
    caughtBy: { "isolate.blocks-in-turn": /stored types/ },
  },
  {
    id: "nothing-passes-what-fails",
    does: "Sends nothing but what is in front, for ever, when that is not let through.",
    how: () => {
      let stuck: string | undefined;
      return {
        async fetch(request, send) {
          const ids = idsOf(request);
          if (stuck !== undefined && !ids.includes(stuck)) return answered(503);
          stuck = ids[0];
          const answer = await send(request);
          if (answer.status < 400) stuck = undefined;
          return answer;
        },
      };
    },
    caughtBy: {
      "undeliverable.by-500": /stats\.dropped\.undeliverable: missing/,
      "undeliverable.by-reset": /stats\.dropped\.undeliverable: missing/,
      "undeliverable.by-silence": /stats\.dropped\.undeliverable: missing/,
      "undeliverable.by-413-unreadable": /stats\.dropped\.undeliverable: missing/,
      "undeliverable.two-in-a-row": /stats\.dropped\.undeliverable: missing/,
      "undeliverable.nothing-behind": /stats\.dropped\.undeliverable: missing/,
    },
  },
  {
    id: "pages-waited-for",
    does: "Takes a firewall's page, and a way there, for something that passes, and sends the same again for ever.",
    how: withAnswers((answer) => {
      const isPage = answer.headers.get("content-type")?.startsWith("text/html");
      return (answer.status < 300 && isPage) || answer.status === 302 ? withStatus(answer, 429) : answer;
    }),
    caughtBy: {
      "undeliverable.by-page": /stats\.dropped\.undeliverable: missing/,
      "undeliverable.by-redirect": /stats\.dropped\.undeliverable: missing/,
    },
  },
  {
    id: "failed-batch-not-divided",
    does: "Believes that all of a batch fails when one event of it does.",
    how: droppingTogether((_count, status) => status >= 500),
    caughtBy: { "undeliverable.by-503": /stats\.delivered: expected 200/ },
  },
  {
    id: "gives-up-in-an-outage",
    does: "Drops an event after it failed seven times, though nothing says that others fare better.",
    how: () => {
      const failures = new Map<string, number>();
      return {
        async fetch(request, send) {
          const answer = await send(request);
          const [id, ...others] = idsOf(request);
          if (answer.status < 500 || id === undefined || others.length > 0) return answer;
          failures.set(id, (failures.get(id) ?? 0) + 1);
          return (failures.get(id) ?? 0) < 7 ? answer : answered(400);
        },
      };
    },
    caughtBy: { "undeliverable.an-outage-is-none": /stats\.dropped/ },
  },
  {
    id: "key-blamed-for-a-firewall",
    does: "Takes every 403 for a refusal of the key.",
    how: taking(403, 401),
    caughtBy: {
      "undeliverable.by-403": /errors/,
      "undeliverable.by-403-of-an-accepted-key": /errors/,
    },
  },
  {
    id: "too-long-for-ever",
    does: "Sends what nobody answered again as long as it was.",
    how: () => {
      let failed: string[] = [];
      return {
        async fetch(request, send) {
          const ids = idsOf(request);
          if (ids.length > 0 && ids.length < failed.length && ids.every((id) => failed.includes(id)))
            throw new TypeError("fetch failed");
          try {
            return await send(request);
          } catch (error) {
            failed = ids;
            throw error;
          }
        },
      };
    },
    caughtBy: { "undeliverable.too-long-for-a-gateway": /stats\.delivered: expected 200/ },
  },
];
