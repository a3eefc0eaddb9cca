/** `document` and `window` of one page, as far as the lifecycle listens to them. */
export interface PageDocument {
  /** Runs `action` as the page's own code: with its globals. */
  within<T>(action: () => T): T;
  isHidden(): boolean;
  isPrerendered(): boolean;
  /** The visitor comes to a page that was loaded in case he would. */
  activate(): void;
  hide(): void;
  show(): void;
  /** Hidden, if it was not, and left. */
  leave(): void;
  /** Back from the back/forward cache, and seen. */
  restore(): void;
  online(): void;
  stored(key: string, text: string | null): void;
}

export function pageDocument(isPrerendered = false): PageDocument {
  const document = Object.assign(new EventTarget(), {
    visibilityState: isPrerendered ? "hidden" : "visible",
    prerendering: isPrerendered,
  });
  const window = new EventTarget();

  function within<T>(action: () => T): T {
    const globals = globalThis as { document?: unknown; window?: unknown };
    const before = { document: globals.document, window: globals.window };
    Object.assign(globals, { document, window });
    try {
      return action();
    } finally {
      Object.assign(globals, before);
    }
  }

  function fire(target: EventTarget, type: string, more: object = {}): void {
    within(() => target.dispatchEvent(Object.assign(new Event(type), more)));
  }

  function become(state: "visible" | "hidden"): void {
    if (document.visibilityState === state) return;
    document.visibilityState = state;
    fire(document, "visibilitychange");
  }

  return {
    within,
    isHidden: () => document.visibilityState === "hidden",
    isPrerendered: () => document.prerendering,
    activate() {
      document.prerendering = false;
      fire(document, "prerenderingchange");
      become("visible");
    },
    hide: () => become("hidden"),
    show: () => become("visible"),
    leave() {
      fire(window, "pagehide", { persisted: true });
      become("hidden");
    },
    restore() {
      document.visibilityState = "visible";
      fire(document, "visibilitychange");
      fire(window, "pageshow", { persisted: true });
    },
    online: () => fire(window, "online"),
    stored: (key, text) => fire(window, "storage", { key, newValue: text }),
  };
}
