/** A host whose built-ins other code has replaced by what throws. Every package asks its clients the same of it. */
import type { ServerClient } from "../src/index.ts";

export const refused = (): never => {
  throw new Error("refused");
};

/** Of the language itself. Nobody can go on with some of them; once they are back, a client does. */
export const BUILT_IN: readonly (readonly [name: string, of: object, method: PropertyKey])[] = [
  ["JSON.stringify", JSON, "stringify"],
  ["JSON.parse", JSON, "parse"],
  ["Date.now", Date, "now"],
  ["Object.keys", Object, "keys"],
  ["Object.entries", Object, "entries"],
  ["Object.assign", Object, "assign"],
  ["Object.create", Object, "create"],
  ["Object.fromEntries", Object, "fromEntries"],
  ["Object.getPrototypeOf", Object, "getPrototypeOf"],
  ["Array.from", Array, "from"],
  ["Array.isArray", Array, "isArray"],
  ["Array.prototype.push", Array.prototype, "push"],
  ["Array.prototype.splice", Array.prototype, "splice"],
  ["Array.prototype.shift", Array.prototype, "shift"],
  ["Array.prototype.map", Array.prototype, "map"],
  ["Array.prototype.filter", Array.prototype, "filter"],
  ["Array.prototype.find", Array.prototype, "find"],
  ["Array.prototype.some", Array.prototype, "some"],
  ["Array.prototype.at", Array.prototype, "at"],
  ["Array.prototype.indexOf", Array.prototype, "indexOf"],
  ["Array.prototype.includes", Array.prototype, "includes"],
  ["Array.prototype.sort", Array.prototype, "sort"],
  ["Array.prototype.slice", Array.prototype, "slice"],
  ["Array.prototype.concat", Array.prototype, "concat"],
  ["Array.prototype.flatMap", Array.prototype, "flatMap"],
  ["Array.prototype.join", Array.prototype, "join"],
  ["Array.prototype[Symbol.iterator]", Array.prototype, Symbol.iterator],
  ["String.prototype.replace", String.prototype, "replace"],
  ["String.prototype.split", String.prototype, "split"],
  ["String.prototype.slice", String.prototype, "slice"],
  ["String.prototype.trim", String.prototype, "trim"],
  ["String.prototype.startsWith", String.prototype, "startsWith"],
  ["String.prototype.padStart", String.prototype, "padStart"],
  ["RegExp.prototype.test", RegExp.prototype, "test"],
  ["RegExp.prototype.exec", RegExp.prototype, "exec"],
  ["Map.prototype.get", Map.prototype, "get"],
  ["Map.prototype.set", Map.prototype, "set"],
  ["Set.prototype.has", Set.prototype, "has"],
  ["Set.prototype.add", Set.prototype, "add"],
  ["Promise.prototype.then", Promise.prototype, "then"],
  ["Promise.resolve", Promise, "resolve"],
  ["Number.isInteger", Number, "isInteger"],
  ["Number.isNaN", Number, "isNaN"],
  ["Number.parseInt", Number, "parseInt"],
  ["Math.min", Math, "min"],
  ["Math.max", Math, "max"],
  ["Math.random", Math, "random"],
  ["setTimeout", globalThis, "setTimeout"],
];

/** What each of the calls throws while `method` of `of` throws; then it is as it was. */
export function thrownWithout(
  [, of, method]: (typeof BUILT_IN)[number],
  calls: readonly (() => unknown)[],
): unknown[] {
  const thrown: unknown[] = [];
  const own = Object.getOwnPropertyDescriptor(of, method) as PropertyDescriptor;
  // Nothing in here may need what is broken.
  Object.defineProperty(of, method, { ...own, value: refused });
  for (let index = 0; index < calls.length; index++) {
    try {
      calls[index]?.();
    } catch (error) {
      thrown[thrown.length] = error;
    }
  }
  Object.defineProperty(of, method, own);
  return thrown;
}

/** Every call of a server's client that does not end it. */
export const callsOf = (client: ServerClient): (() => unknown)[] => [
  () => client.track("ada", "meanwhile", { amount: 1 }),
  () => client.identify("ada", { email: "ada@example.com" }),
  () => client.forUser("ada").track("meanwhile"),
  () => client.forUser("ada").identify(),
  () => client.flush(),
  () => client.flush({ timeoutMs: 10 }),
  () => client.stats(),
];
