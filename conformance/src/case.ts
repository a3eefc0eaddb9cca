/**
 * A case as its file says it. What is checked here when cases are loaded is written down for everybody else in
 * cases.schema.json, which `npm run docs` makes of it.
 */
import { z } from "zod";
import { faultSchema } from "./api/index.ts";
import { expectations } from "./expectations.ts";
import { CALL_NAMES, type Call } from "./protocol.ts";
import { call, callOptions, ofOneKind, wireObject } from "./wire-values.ts";

export const capability = z
  .enum([
    "virtual-time",
    "hold-answers",
    "server-api",
    "client",
    "signals",
    "page",
    "wait-until",
    "several-clients",
    "process-exit",
    "server-process",
    "option-checks",
    "javascript-values",
    "console",
  ])
  .meta({
    id: "capability",
    description:
      'Cases that need "client" write calls as client SDKs take them, track(event, …); all others as servers do, track(userId, event, …).',
  });

/** Each of them once. */
export const unique = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .refine((items) => new Set(items).size === items.length, "has something twice")
    .meta({ uniqueItems: true });

const fault = faultSchema.meta({ id: "fault", description: "What becomes of one request." });
const calls = z.array(call).min(1);
const options = wireObject.describe(
  "Given to the SDK; apiKey, baseUrl and onError are the runner's unless named here.",
);

const server = z
  .strictObject({
    options: z
      .strictObject({
        basePath: z.string().describe('Where the endpoints are, e.g. "/ingest".').exactOptional(),
        revokedKeys: z.array(z.string()).exactOptional(),
        poison: z.enum(["reject_event", "reject_batch"]).exactOptional(),
        maxBodyBytes: z.int().exactOptional(),
        maxEvents: z.int().exactOptional(),
        clockAheadMs: z
          .int()
          .describe("How far the API's clock is ahead of the SDK's; negative when behind.")
          .exactOptional(),
        dateAheadMs: z
          .int()
          .describe("How far the Date of answers is ahead of the API's clock: that of a proxy that is wrong.")
          .exactOptional(),
        rejectBatchesContaining: z.strictObject({ key: z.string(), value: z.json() }).exactOptional(),
      })
      .exactOptional(),
    script: z.array(fault).exactOptional(),
    default: fault.exactOptional(),
  })
  .meta({
    id: "server",
    description:
      "The mock API: standing options, one fault per request, and what applies once the script is used up.",
  });

const client = z
  .strictObject({
    options: options.exactOptional(),
    baseUrlSuffix: z.string().describe('Appended to the API\'s address, e.g. "/".').exactOptional(),
    clockFractionMs: z.number().gt(0).lt(1).exactOptional(),
    privacy: z
      .enum(["do-not-track", "global-privacy-control"])
      .describe("What the browser asks of every site.")
      .exactOptional(),
    waitUntil: z
      .enum(["works", "throws", "absent"])
      .describe(
        "Edge runtimes: what the app gives as waitUntil; the platform's, which works, unless it is said.",
      )
      .exactOptional(),
    onError: z.literal("absent").describe("The app gives no onError.").exactOptional(),
    twice: z
      .literal(true)
      .describe("The app makes the client twice, with the same options, and uses the second.")
      .exactOptional(),
  })
  .meta({ id: "client" });

const during = z
  .string()
  .describe('Edge runtimes: the incoming request in which the app makes them; "request" unless it is said.')
  .exactOptional();

const timeoutMs = z.int().describe("How long it may wait, in ms.").exactOptional();

const steps = [
  z.strictObject({ calls: calls.describe("Made one after the other in the same turn."), during }),
  z.strictObject({ flush: z.string().describe("Starts a flush and gives it a name."), timeoutMs, during }),
  z.strictObject({ shutdown: z.string().describe("Starts a shutdown and gives it a name."), timeoutMs }),
  z.strictObject({ settled: z.string().describe("This flush or shutdown has resolved.") }),
  z.strictObject({ pending: z.string().describe("This flush or shutdown has not resolved yet.") }),
  z.strictObject({ advance: z.number().describe("Moves the virtual clock by so many ms.") }),
  z.strictObject({
    jump: z
      .number()
      .describe(
        "Sets the virtual clock forward by so many ms, or back, without any timer firing: the device slept, or its clock was set.",
      ),
  }),
  z.strictObject({
    reload: z
      .union([z.literal(true), z.strictObject({ options })])
      .describe(
        "The page goes away and comes back: a new client on the same device, with the same options, or with these instead.",
      ),
  }),
  z.strictObject({
    signal: z
      .enum(["hidden", "shown", "online", "frozen", "thawed"])
      .describe(
        "The host tells the app: it is out of sight, it is seen again, the network is back; pages: it is kept for the way back, it goes on.",
      ),
  }),
  z.strictObject({ close: z.literal(true).describe("The page elsewhere goes away for good.") }),
  z.strictObject({
    navigate: z
      .string()
      .describe("The page shows this address, relative to its own, without being loaded again."),
  }),
  z.strictObject({
    cut: z.string().describe("Edge runtimes: the platform ends this incoming request, held or not."),
  }),
  z.strictObject({
    elsewhere: calls.describe(
      "Calls on another page of the same device, which is opened for them if there is none; of a server SDK, by a second client in the same process.",
    ),
  }),
  z.strictObject({ hold: z.literal(true).describe("Answers are held back from now on.") }),
  z.strictObject({ release: z.literal(true).describe("Held answers reach the SDK, and later ones too.") }),
  z.strictObject({
    mutate: z
      .strictObject({
        argument: z.int(),
        path: z.array(z.union([z.string(), z.int()])).exactOptional(),
        set: wireObject,
      })
      .describe(
        "The app changes the object it passed as `argument` of the latest call, or the one in it at `path`.",
      ),
  }),
  z.strictObject({ play: z.array(fault) }),
  z.strictObject({ default: fault.nullable() }),
  z.strictObject({ check: expectations }),
  z.strictObject({
    exit: z
      .strictObject({ code: z.int().exactOptional() })
      .describe("The process is left to end by itself; `code` is set as its exit code before."),
  }),
] as const;

const STEP_NAMES = [...CALL_NAMES, ...steps.flatMap(({ shape }) => Object.keys(shape))];

const step = z.union([...callOptions, ...steps], { error: ofOneKind(STEP_NAMES, "step") }).meta({
  id: "step",
  description: "One thing to do. A step that is a call itself is a turn with that single call.",
}) as unknown as z.ZodType<Call | z.infer<(typeof steps)[number]>>;

const theCase = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9]+([.-][a-z0-9]+)*$/)
      .describe("Unique and stable: known failures and reports name it."),
    title: z.string().min(10).describe("What must hold, as a sentence."),
    clause: z
      .string()
      .regex(/^[1-8]\.[a-z0-9-]+$/)
      .describe("Section of the contract and a word."),
    level: z.enum(["must", "should"]),
    needs: unique(capability).exactOptional(),
    server: server.exactOptional(),
    client: client.exactOptional(),
    steps: z.array(step),
    expect: expectations,
  })
  .meta({ id: "case" });

export const caseFile = z
  .strictObject({
    $schema: z.string().exactOptional(),
    about: z.string().min(10),
    needs: unique(capability).describe("Of every case in the file.").exactOptional(),
    options: options.describe("Client options of every case that does not give them itself.").exactOptional(),
    cases: z.array(theCase).min(1),
  })
  .meta({
    title: "Conformance cases",
    description:
      "A file of cases. Steps are played in order; after each one the runner waits until nothing is under way that ends by itself, so cases never sleep. Time moves only in `advance`.",
  });

export type CaseFile = z.infer<typeof caseFile>;
export type Case = z.infer<typeof theCase>;
export type ServerSetup = z.infer<typeof server>;
export type ClientSetup = z.infer<typeof client>;
export type Step = z.infer<typeof step>;
