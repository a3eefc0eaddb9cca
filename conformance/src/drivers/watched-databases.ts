/** Counts what IndexedDB has under way. It takes real time, in which the runner must not go on with the page's clock. */

/** Of a window, what makes requests. */
interface Databases {
  readonly IDBFactory: { readonly prototype: Pick<IDBFactory, "open"> };
  readonly IDBDatabase: { readonly prototype: Pick<IDBDatabase, "transaction"> };
}

/** Answers how many databases are being opened and how many transactions run, of those begun since. */
export function watchDatabases({ IDBFactory, IDBDatabase }: Databases): () => number {
  const open = new Set<EventTarget>();

  function watch<Target extends EventTarget>(target: Target, ends: readonly string[]): Target {
    open.add(target);
    for (const type of ends) target.addEventListener(type, () => open.delete(target));
    return target;
  }

  const { open: openDatabase } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (...request) {
    return watch(openDatabase.apply(this, request), ["success", "error"]);
  };
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (...request) {
    return watch(transaction.apply(this, request), ["complete", "abort"]);
  };
  return () => open.size;
}
