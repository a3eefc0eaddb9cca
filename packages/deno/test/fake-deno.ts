/** Deno as far as the package touches it, for tests that run elsewhere. */
import { vi } from "vitest";

export function fakeDeno(environment: Record<string, string> = {}, permission = "granted") {
  return {
    test: { name: "noopTest" },
    permissions: { querySync: () => ({ state: permission }) },
    env: {
      get(name: string) {
        if (permission !== "granted") throw new Error("Deno would stop here and ask");
        return environment[name];
      },
    },
    unrefTimer() {},
  };
}

/** Makes the events of the process's end those of a page, as Deno's are; answers how many listeners they have. */
export function stubProcessEvents(): () => number {
  const events = new EventTarget();
  let listeners = 0;
  vi.stubGlobal("addEventListener", (...args: Parameters<EventTarget["addEventListener"]>) => {
    listeners += 1;
    events.addEventListener(...args);
  });
  vi.stubGlobal("removeEventListener", (...args: Parameters<EventTarget["removeEventListener"]>) => {
    listeners -= 1;
    events.removeEventListener(...args);
  });
  return () => listeners;
}
