/** Promises, where the app should give none. */

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** For functions of the app that should not be async but are: a rejection must not end the process. */
export function ignoreRejection(value: unknown): void {
  if (isThenable(value)) void value.then(undefined, () => {});
}
