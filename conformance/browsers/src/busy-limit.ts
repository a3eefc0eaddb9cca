/** How long a browser may take for anything on a busy machine: far longer than it does, so that only what never comes fails. */
export const BUSY_LIMIT_MS = 120_000;
