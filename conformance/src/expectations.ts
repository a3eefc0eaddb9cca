/** What a case expects, as its file says it. What becomes of an expectation is for `runner/expectations.ts` to say. */
import { z } from "zod";
import { wireValue } from "./wire-values.ts";

const pattern = wireValue;

const request = z
  .strictObject({
    path: z.string().exactOptional(),
    types: z
      .array(z.string())
      .describe("Event types of a batch, in order; type×n stands for n of the same.")
      .exactOptional(),
    identify: z.string().describe("The user of an identify request.").exactOptional(),
    body: pattern.exactOptional(),
    headers: z.record(z.string(), pattern).describe("Only the headers named are looked at.").exactOptional(),
    status: z.int().exactOptional(),
    outcome: z.enum(["stored", "refused", "lost", "reset", "hung", "aborted"]).exactOptional(),
    outlives: z.boolean().describe("Pages: whether it was made to outlive its page.").exactOptional(),
  })
  .meta({ id: "request" });

const stored = z.strictObject({
  types: z
    .array(z.string())
    .describe("As in a request, for the whole store in the order accepted.")
    .exactOptional(),
  duplicates: z.int().exactOptional(),
  rejected: z.int().exactOptional(),
  properties: pattern.describe("Of the stored events, in the order accepted.").exactOptional(),
  contexts: pattern.describe("Likewise.").exactOptional(),
  occurredAt: pattern.describe("Likewise.").exactOptional(),
  sessions: pattern.describe('Of each event: "session n" for the n-th session id seen.').exactOptional(),
  owners: pattern
    .describe(
      'Of each event: a user id, or "visitor n" of the n-th anonymous id seen while no user is known.',
    )
    .exactOptional(),
  users: z.record(z.string(), pattern).exactOptional(),
});

export const expectations = z
  .strictObject({
    requests: z.array(request).describe("Every request the API saw, in order.").exactOptional(),
    requestCount: pattern.describe("How many requests the API saw.").exactOptional(),
    largestBody: pattern.describe("Bytes of the largest request body.").exactOptional(),
    stored: stored.exactOptional(),
    errors: pattern.describe("What onError was given.").exactOptional(),
    stats: pattern.exactOptional(),
    results: z.record(z.string(), pattern).describe("Of named flushes and shutdowns.").exactOptional(),
    holds: pattern
      .describe(
        "Edge runtimes: by incoming request, how many promises its waitUntil was given, and how many of those are open.",
      )
      .exactOptional(),
    output: pattern.describe("What was printed, joined by newlines.").exactOptional(),
    creationError: pattern.describe("The message createWhisperr threw.").exactOptional(),
    otherOriginRequests: z
      .int()
      .describe("Requests seen by the other origin, where redirects lead.")
      .exactOptional(),
    exit: z
      .strictObject({ code: z.int(), withinMs: z.int(), notBeforeMs: z.int().exactOptional() })
      .exactOptional(),
  })
  .meta({
    id: "expectations",
    description:
      "What must hold; whatever is absent is not looked at. Patterns are described in src/runner/pattern.ts. A case's own `expect` without `errors` means that none may be reported.",
  });

export type Expectations = z.infer<typeof expectations>;
export type RequestExpectation = z.infer<typeof request>;
export type StoredExpectation = z.infer<typeof stored>;
