/** What went wrong, in words: never nothing, for that is all that a person gets to see of a finding. */
import { inspect } from "node:util";

/** Of what a test runner printed: the end says what failed. */
const LAST_CHARACTERS = 3000;

/** Of what a test threw, which can be anything. */
export function whatThrew(thrown: unknown): string {
  if (thrown === undefined || thrown === null) return "it was interrupted";
  if (!(thrown instanceof Error)) return `it threw ${inspect(thrown)}`;
  if (thrown.message.trim() !== "") return thrown.message;
  const place = thrown.stack?.split("\n").find((line) => /^\s+at /.test(line));
  return `${thrown.name} without a message${place === undefined ? "" : `, ${place.trim()}`}`;
}

/** Of a test runner that failed, and kept no values to fail with. */
export function whatEnded(output: string, code: number | null, signal: NodeJS.Signals | null): string {
  const end = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
  const printed = output.trim().slice(-LAST_CHARACTERS).trim();
  return printed === ""
    ? `the test runner ${end}, and printed nothing`
    : `the test runner ${end}:\n${printed}`;
}
