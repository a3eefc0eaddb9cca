/** Before each file of unit tests: one worker runs many of them, and none may feel what another one did. */
import { afterAll, afterEach, beforeEach, vi } from "vitest";

// In this order, and before a file's own hooks (sequence.hooks): a spy on a fake timer, restored late, would bring it back.
afterEach(() => void vi.restoreAllMocks());
beforeEach(() => void vi.useRealTimers());

// A page of its own for each test of the browser package: what all copies of it share on one, made and said by another test, is gone.
beforeEach(() => void Reflect.deleteProperty(globalThis, Symbol.for("whisperr.browser")));

// Vitest does so before each test only: what the last one has put up would be there while the next file loads.
afterAll(() => void vi.unstubAllGlobals());
