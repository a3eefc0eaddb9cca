/**
 * A promise that another request may settle, and whose request then goes on in its own context. On Workers every promise
 * remembers the request that made it; but V8, where it compiles hot code with `new Promise` in it, makes one that does not,
 * and the code behind it runs in the request that settles it. What V8 only calls, as this, is made as it should be.
 */
export interface Deferred<Value> {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
}

interface PromiseWithResolvers {
  /** Since 2023; older platforms than that have no contexts to tell apart. */
  withResolvers?<Value>(): Deferred<Value>;
}

export function deferred<Value>(): Deferred<Value> {
  const made = (Promise as PromiseWithResolvers).withResolvers?.<Value>();
  if (made) return made;
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
