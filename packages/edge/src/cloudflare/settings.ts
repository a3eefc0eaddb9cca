/** What the delivering side of a platform's outbox needs: a Worker's options, its environment, its platform. */
import {
  createReporter,
  type DeliveryOptionName,
  type Ports,
  type Reporter,
  type ResolvedOptions,
  resolveOptions,
  type WhisperrOptions,
  webPorts,
} from "@whisperr/core";
import type { EdgeOptions } from "../options.ts";

/** The options of delivery, as everywhere; `apiKey` and `baseUrl` come from the Worker's environment by default. */
export interface DeliveryOptions extends Pick<EdgeOptions, DeliveryOptionName> {
  /**
   * The ingestion key, `wrk_…`. It never travels with operations.
   * @default `env.WHISPERR_API_KEY`
   */
  readonly apiKey?: string | undefined;
  /**
   * Where the ingestion API is.
   * @default `env.WHISPERR_BASE_URL`, else `https://api.whisperr.net`
   */
  readonly baseUrl?: string | undefined;
}

export interface DeliverySettings {
  readonly options: ResolvedOptions;
  readonly ports: Ports;
  readonly reporter: Reporter;
}

/**
 * `defaults`, `waits`: as of `resolveOptions()`. Throws an Error that names the option and the fix when an option makes no
 * sense, or the key is missing.
 */
export function resolveDelivery(
  given: WhisperrOptions,
  env: unknown,
  defaults: Parameters<typeof resolveOptions>[1],
  waits?: ResolvedOptions["backoff"],
): DeliverySettings {
  const { WHISPERR_API_KEY, WHISPERR_BASE_URL } = Object(env) as { readonly [name: string]: string };
  const filled = {
    ...given,
    apiKey: given.apiKey || WHISPERR_API_KEY,
    baseUrl: given.baseUrl ?? WHISPERR_BASE_URL,
  };
  const options = resolveOptions(filled, defaults, waits);
  const ports = webPorts(given.fetch);
  const reporter = createReporter({ ...options, onError: given.onError }, ports);
  return { options, ports, reporter };
}
