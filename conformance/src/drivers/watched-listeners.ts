/** Counts the listeners on the page itself, however they are taken off again. */

/** Answers how many there are now, of those added since. */
export function watchListeners(targets: readonly EventTarget[]): () => number {
  const live = new Set<string>();
  const names = new WeakMap<object, number>();
  let named = 0;

  function keyOf(target: number, type: string, listener: object, options: unknown): string {
    const name = names.get(listener) ?? ++named;
    names.set(listener, name);
    return `${target} ${type} ${name} ${captures(options)}`;
  }

  for (const [index, target] of targets.entries()) {
    const add = target.addEventListener.bind(target);
    const remove = target.removeEventListener.bind(target);
    target.addEventListener = (type, listener, options) => {
      add(type, listener, options);
      if (listener === null) return;
      const key = keyOf(index, type, listener, options);
      const signal = typeof options === "object" ? options.signal : undefined;
      if (signal?.aborted) return;
      live.add(key);
      signal?.addEventListener("abort", () => live.delete(key));
    };
    target.removeEventListener = (type, listener, options) => {
      remove(type, listener, options);
      if (listener !== null) live.delete(keyOf(index, type, listener, options));
    };
  }
  return () => live.size;
}

function captures(options: unknown): boolean {
  return typeof options === "object" && options !== null
    ? (options as { capture?: boolean }).capture === true
    : options === true;
}
