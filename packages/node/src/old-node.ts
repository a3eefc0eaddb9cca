/** The main entry for Node before 20.19 and 22.10, by the lack of the condition `module-sync` in package.json. */
import { createWhisperr as create } from "./index.ts";
import { provideRequire } from "./require-of-old-node.ts";

export { channel, closeOnSignal, createMemoryOutbox, currentWhisperr } from "./index.ts";

export const createWhisperr: typeof create = (options) => {
  provideRequire();
  return create(options);
};
