/** Mistakes of client SDKs about who the user is (contract, section 6). */
import { withEachEvent, withEachIdentify } from "../hooks/requests.ts";
import type { Mutant } from "../mutant.ts";

export const visitorMutants: readonly Mutant[] = [
  {
    id: "reset-forgets-nobody",
    does: "Flushes at reset(), and goes on with the same visitor and user.",
    how: () => ({ client: ({ flush }) => ({ reset: () => flush() }) }),
    caughtBy: {
      "visitor.new-after-reset": /stored owners\[1\]: expected "visitor 2", got "visitor 1"/,
      "reset.survives-reload": /stored owners\[1\]: expected "visitor 2", got "user_1"/,
    },
  },
  {
    id: "visitor-for-every-page",
    does: "Makes a new anonymous id on every page.",
    how: withEachEvent(() => {
      const visitor = crypto.randomUUID();
      return (event) => ({ ...event, anonymous_id: visitor });
    }),
    caughtBy: { "visitor.survives-reload": /owners/ },
  },
  {
    id: "visitor-not-named",
    does: "Leaves the anonymous id out of identify().",
    how: withEachIdentify(({ anonymous_id: _, ...identify }) => identify),
    caughtBy: { "visitor.promoted": /owners/ },
  },
  {
    id: "user-and-visitor-mixed-up",
    does: "Names the visitor to every user who comes without reset().",
    how: withEachIdentify((identify) => ({ anonymous_id: "somebody", ...identify })),
    caughtBy: { "user.another-without-reset": /anonymousIds|owners/ },
  },
];
