/** What a driver may answer, checked where it arrives: a wrong answer is told as such, and not as what breaks because of it. */
import { z } from "zod";
import type { Collected, Command, Created, Idle, Leftovers, Observation } from "../protocol.ts";

/** Of the commands that ask for something; the others take any value. */
interface Answers {
  create: Created;
  collect: Collected | null;
  idle: Omit<Idle, "requests"> & Partial<Pick<Idle, "requests">>;
  observe: Observation;
  leftovers: Leftovers;
}

export type AnswerTo<C extends Command> = C["do"] extends keyof Answers ? Answers[C["do"]] : unknown;

const count = z.int().nonnegative();
/** Some languages say null for what is not there. */
const optional = <T>(type: z.ZodType<T>) => type.nullish().transform((value) => value ?? undefined);

/** Figures of the SDK: whether they are possible is for the invariants to say. */
const stats = z.looseObject({
  accepted: z.number(),
  delivered: z.number(),
  dropped: z.record(z.string(), z.number()),
  pending: z.number(),
});

const schemas: { readonly [name in Command["do"]]?: z.ZodType } = {
  create: z.looseObject({ created: z.boolean(), error: optional(z.string()) }),
  collect: z.looseObject({ state: z.enum(["pending", "fulfilled", "rejected"]) }).nullable(),
  idle: z.looseObject({
    inFlight: count,
    held: count.default(0),
    unheard: optional(count),
    requests: optional(count),
    span: optional(count),
    nextTimerInMs: z.number().nullish(),
  }),
  observe: z.looseObject({
    stats: stats.nullish().transform((given) => given ?? null),
    errors: z.array(z.looseObject({ messageIds: optional(z.array(z.string())) })),
    output: z.array(z.string()),
    thrown: z.array(z.string()),
  }),
  leftovers: z.looseObject({ timers: count, listeners: count }),
};

/** Throws an Error that says what is wrong with the answer. */
export function checkedAnswer<C extends Command>(command: C, value: unknown): AnswerTo<C> {
  const result = (schemas[command.do] ?? z.unknown()).safeParse(value);
  if (result.success) return result.data as AnswerTo<C>;
  throw new Error(`its value is not what it has to be: ${issuesOf(result.error)}`);
}

/** What a driver posts: the SDK's part is the value, an error is the driver's own. */
const posted = z.discriminatedUnion("ok", [
  z.looseObject({ ok: z.literal(true), value: z.unknown() }),
  z.looseObject({ ok: z.literal(false), error: optional(z.string()) }),
]);

export type Posted = z.infer<typeof posted>;

/** Throws an Error when this is no result. */
export function parsePosted(bytes: Uint8Array): Posted {
  const text = decoded(bytes);
  const result = posted.safeParse(parsed(text));
  if (result.success) return result.data;
  throw new Error(
    `it is neither { "ok": true, "value": … } nor { "ok": false, "error": "…" }: ${excerpt(text)}`,
  );
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`it is not UTF-8: ${excerpt(new TextDecoder().decode(bytes))}`);
  }
}

function parsed(text: string): unknown {
  if (text === "") throw new Error("it is empty");
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`it is not JSON: ${excerpt(text)}`);
  }
}

function issuesOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`).join("; ");
}

/** Enough to recognise it by. */
const EXCERPT_CHARACTERS = 200;

function excerpt(text: string): string {
  return text.length > EXCERPT_CHARACTERS ? `${text.slice(0, EXCERPT_CHARACTERS)}…` : text;
}
