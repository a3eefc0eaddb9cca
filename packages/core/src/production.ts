/**
 * Takes the place of `development.ts` in a production build: no option is checked that could do no harm, and a message is the
 * name of what happened. An option that makes no sense then counts as not given.
 */
import type * as development from "./development.ts";
import type { DropReason } from "./errors.ts";
import { misuse, Refusal } from "./events/refusal.ts";
import type { WhisperrOptions } from "./options.ts";

export function mustBe(
  fits: unknown,
  what: string,
  rule: string,
  _value: unknown,
  reason?: DropReason,
): asserts fits {
  if (fits) return;
  const message = `${what} must be ${rule}`;
  throw reason ? new Refusal(reason, message) : misuse(message, what);
}

export const RULES = {
  apiKey: "your key, from WHISPERR_API_KEY",
  baseUrl: "a URL",
  secure: "https:, unless allowInsecureHttp is true",
};

export function mustHaveKey(_apiKey: unknown): void {}

export function checkChoice(..._: Parameters<typeof development.checkChoice>): void {}

export function checkRange(..._: Parameters<typeof development.checkRange>): void {}

export function checkTypes(..._: Parameters<typeof development.checkTypes>): void {}

export function checkOptionNames(..._: Parameters<typeof development.checkOptionNames>): void {}

export function checkIdentifyNames(..._: Parameters<typeof development.checkIdentifyNames>): void {}

export function checkSchemas(_: WhisperrOptions): void {}

export function refuseContext(_thrown: unknown): void {}

export function explain(what: Parameters<typeof development.explain>[0]): string {
  return what;
}

export const ONLY_ONCE: string = "";
