/**
 * `dist/compat.iife.js`: takes the place of the script that pages with `whisperr.load("wrk_…")` of 0.2 fetched from a CDN. The
 * page's own first lines stay as they are, but for the address.
 */
import { Whisperr, type WhisperrApi, type WhisperrOptions } from "../compat.ts";

/** What the first lines of 0.2 have made: the calls so far, and what `load()` was told. */
interface Stub extends Array<readonly unknown[]> {
  readonly _key?: string;
  readonly _opts?: Omit<WhisperrOptions, "apiKey">;
}

const page = window as { whisperr?: unknown };
const stub = page.whisperr as Stub | undefined;
const load = (apiKey: string, options?: Stub["_opts"]) => Whisperr.init({ ...options, apiKey });

if (!Array.isArray(stub)) {
  // Without those lines `load()` is called when the script is there; an element with this id is no property of the window's own.
  if (!Object.getOwnPropertyDescriptor(page, "whisperr")?.value) page.whisperr = { load };
} else if (stub._key) {
  const api = load(stub._key, stub._opts) as unknown as Record<string, unknown>;
  for (const [method, ...args] of stub as unknown as [keyof WhisperrApi, ...unknown[]][]) {
    const call = api[method];
    if (typeof call === "function") call(...args);
  }
} else console.warn('[whisperr] The script is there, but no key: call whisperr.load("wrk_…").');
