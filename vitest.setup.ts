/** Before each file of unit tests: one worker runs many of them, and none may feel what another one did. */
import { afterEach, beforeEach, vi } from "vitest";

// In this order, and before a file's own hooks (sequence.hooks): a spy on a fake timer, restored late, would bring it back.
afterEach(() => void vi.restoreAllMocks());
beforeEach(() => void vi.useRealTimers());
