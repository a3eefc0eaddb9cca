/** Hands out one fault per request: the script first, the default once it is used up. */
import { z } from "zod";
import { type Fault, faultSchema, faultScriptSchema } from "./fault.ts";

export interface FaultScript {
  play(script: Fault[]): void;
  setDefault(fault: Fault | null): void;
  next(): Fault;
}

/** Throws on anything that is not a fault: a misspelt script must not pass as a healthy server. */
export function createFaultScript(script: Fault[]): FaultScript {
  const queue: Fault[] = checked(faultScriptSchema, script);
  let standing: Fault = { kind: "ok" };
  return {
    play(more) {
      queue.push(...checked(faultScriptSchema, more));
    },
    setDefault(fault) {
      standing = fault === null ? { kind: "ok" } : checked(faultSchema, fault);
    },
    next: () => queue.shift() ?? standing,
  };
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new TypeError(`This is no fault (fault.ts lists them): ${z.prettifyError(result.error)}`);
}
