/**
 * Takes the place of `development.ts` in a production build: no option is checked that could do no harm, and a call that
 * is refused is named with its reason. An option that makes no sense then counts as not given.
 * What is empty here has no parameters: calls of it, with their arguments, are left out of a bundle.
 */
import type { DropReason } from "./errors.ts";
import { misuse, Refusal } from "./events/refusal.ts";
import type { Names } from "./unknown-names.ts";

export function mustBe(fits: unknown, what: string, rule: string, _value: unknown): asserts fits {
  if (!fits) throw misuse(`${what} must be ${rule}`, what);
}

export function mustFit(
  fits: unknown,
  reason: DropReason,
  what: string,
  _rule: unknown,
  _value: unknown,
): asserts fits {
  if (!fits) throw new Refusal(reason, `${what} (${reason})`);
}

export const RULES = {
  apiKey: "your key, from WHISPERR_API_KEY",
  baseUrl: "a URL",
  secure: "https:, unless allowInsecureHttp is true",
};

export function mustHaveKey(): void {}

export function checkChoice(): void {}

export function checkRange(): void {}

export function checkTypes(): void {}

export function checkOptionNames(
  options: unknown,
  known: Names<object>,
  of: string,
  say: (message: string) => void,
): void {
  // Without what a page may have broken, Object.keys() for one.
  for (const name in options as Record<string, unknown>)
    if ((options as Record<string, unknown>)[name] !== undefined && !(name in known))
      say(`[whisperr] ${of} has no option ${name}`);
}

export function checkNames(): void {}

export function checkDeadline(): void {}

export function checkSchemas(): void {}

export function checkSchemaOptions(): void {}

export function checkTestRun(): void {}

export function refuseContext(): void {}

export function unmentioned(): string {
  return "";
}
