/** An operation that the platform cannot hold, however often it is handed over. */

/**
 * The rejection of a hand-over that holds such an operation. `status` is what the API itself would answer: the client
 * divides the hand-over until that operation is alone, drops it alone, and reports it as `too_large`.
 */
export interface TooLargeForPlatform extends Error {
  readonly status: 413;
  /** As the API would tell why. */
  readonly body: string;
}

export function tooLargeForPlatform(what: string, maxBytes: number): TooLargeForPlatform {
  const message = `${what} holds ${maxBytes} bytes at most`;
  const body = JSON.stringify({ error: { message } });
  return Object.assign(new Error(message), { status: 413 as const, body });
}
