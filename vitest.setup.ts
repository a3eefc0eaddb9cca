/**
 * Before each file of unit tests. One worker runs many of them, and none may feel what another one did. Random tests are
 * the same ones every time; `npm run fuzz` brings seeds of its own.
 */
import fc from "fast-check";
import { afterEach, beforeEach, vi } from "vitest";

const { FC_SEED = "20261127", FC_PATH } = process.env;

fc.configureGlobal({ seed: Number(FC_SEED), ...(FC_PATH !== undefined && { path: FC_PATH }) });

// In this order, and before a file's own hooks (sequence.hooks): a spy on a fake timer, restored late, would bring it back.
afterEach(() => void vi.restoreAllMocks());
beforeEach(() => void vi.useRealTimers());
