/** Mistakes of client SDKs about opting out (contract, section 6). */
import type { Mutant } from "../mutant.ts";

export const consentMutants: readonly Mutant[] = [
  {
    id: "opted-out-until-reload",
    does: "Forgets on the next page who opted out.",
    how: () => ({
      client({ optIn }) {
        optIn?.();
        return {};
      },
    }),
    caughtBy: { "consent.opt-out-persists": /requests/ },
  },
  {
    id: "opt-out-sends-the-rest",
    does: "Sends what is queued before it opts out.",
    how: () => ({
      client: ({ optOut, flush }) => ({
        optOut: () => void flush().then(optOut),
      }),
    }),
    caughtBy: { "consent.opt-out": /requests/ },
  },
  {
    id: "opt-in-for-this-page",
    does: "Takes opting in for something of this page alone.",
    how: () => {
      let allowed = false;
      return {
        client: ({ track, optIn }) => ({
          optIn() {
            allowed = true;
            return optIn?.();
          },
          track: (...args) => (allowed ? track(...args) : undefined),
        }),
      };
    },
    caughtBy: { "consent.opt-in": /stored types: expected 2 items, got 1/ },
  },
];
