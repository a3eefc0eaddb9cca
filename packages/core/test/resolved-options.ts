/** Options as a test gives them, resolved, and what is said of those that are misuse. */
import { expect } from "vitest";
import type { WhisperrOptions } from "../src/options.ts";
import { type ResolvedOptions, resolveOptions } from "../src/resolve-options.ts";

export const KEY = "wrk_secret_key";
export const resolve = (options: object = {}): ResolvedOptions =>
  resolveOptions({ apiKey: KEY, ...options } as WhisperrOptions, { maxQueueSize: 10_000 });

/** The message of a misuse; must never hold the key. */
export function misuse(options: object): string {
  try {
    resolve(options);
  } catch (error) {
    const { message } = error as Error;
    expect(message).not.toContain(KEY);
    return message;
  }
  throw new Error(`${JSON.stringify(options)} was accepted`);
}
