/**
 * From now on this page has of the language's library what ES2020 has, and not what came later: whatever is not named here is
 * taken away, so that tomorrow's additions are, too. Nor does it have what engines of that time may lack of the web's.
 */

/** Functions of the constructor, then those of its prototype. */
const LIBRARY: { readonly [name: string]: readonly [statics: string, methods?: string] } = {
  Array: [
    "from isArray of",
    "concat copyWithin entries every fill filter find findIndex flat flatMap forEach includes indexOf join keys lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice toLocaleString toString unshift values",
  ],
  ArrayBuffer: ["isView", "slice"],
  BigInt: ["asIntN asUintN", "toLocaleString toString valueOf"],
  Date: [
    "UTC now parse",
    "getDate getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds getTime getTimezoneOffset getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds getYear setDate setFullYear setHours setMilliseconds setMinutes setMonth setSeconds setTime setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds setYear toDateString toGMTString toISOString toJSON toLocaleDateString toLocaleString toLocaleTimeString toString toTimeString toUTCString valueOf",
  ],
  Error: ["captureStackTrace", "toString"],
  JSON: ["parse stringify"],
  Map: ["", "clear delete entries forEach get has keys set values"],
  Math: [
    "abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 floor fround hypot imul log log10 log1p log2 max min pow random round sign sin sinh sqrt tan tanh trunc",
  ],
  Number: [
    "isFinite isInteger isNaN isSafeInteger parseFloat parseInt",
    "toExponential toFixed toLocaleString toPrecision toString valueOf",
  ],
  Object: [
    "assign create defineProperties defineProperty entries freeze fromEntries getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols getPrototypeOf is isExtensible isFrozen isSealed keys preventExtensions seal setPrototypeOf values",
  ],
  Promise: ["all allSettled race reject resolve", "catch finally then"],
  Reflect: [
    "apply construct defineProperty deleteProperty get getOwnPropertyDescriptor getPrototypeOf has isExtensible ownKeys preventExtensions set setPrototypeOf",
  ],
  RegExp: ["", "compile exec test toString"],
  Set: ["", "add clear delete entries forEach has keys values"],
  String: [
    "fromCharCode fromCodePoint raw",
    "anchor big blink bold charAt charCodeAt codePointAt concat endsWith fixed fontcolor fontsize includes indexOf italics lastIndexOf link localeCompare match matchAll normalize padEnd padStart repeat replace search slice small split startsWith strike sub substr substring sup toLocaleLowerCase toLocaleUpperCase toLowerCase toString toUpperCase trim trimEnd trimLeft trimRight trimStart valueOf",
  ],
  Symbol: ["for keyFor", "toString valueOf"],
  WeakMap: ["", "delete get has set"],
  WeakSet: ["", "add delete has"],
};

const TYPED_ARRAY =
  "copyWithin entries every fill filter find findIndex forEach includes indexOf join keys lastIndexOf map reduce reduceRight reverse set slice some sort subarray toLocaleString toString values";

const GLOBALS =
  "AggregateError AsyncDisposableStack DisposableStack FinalizationRegistry Float16Array Iterator SuppressedError Temporal WeakRef AbortController AbortSignal crypto structuredClone navigation scheduler";

type Owner = Record<string, unknown>;

for (const [name, [statics, methods]] of Object.entries(LIBRARY)) {
  const owner = (globalThis as unknown as Record<string, Owner & { prototype: Owner }>)[name];
  if (!owner) throw new Error(`no ${name} in this engine`);
  keepOnly(owner, statics);
  if (methods !== undefined) keepOnly(owner.prototype, methods);
}
keepOnly(Object.getPrototypeOf(Uint8Array.prototype), TYPED_ARRAY);
keepOnly(Object.getPrototypeOf(Uint8Array), "from of");
for (const name of GLOBALS.split(" ")) Reflect.deleteProperty(globalThis, name);

/** Takes away the functions that are not named; constructors and what is not a function stay. */
function keepOnly(owner: Owner, names: string): void {
  const kept = new Set([...names.split(" "), "constructor"]);
  for (const name of Object.getOwnPropertyNames(owner)) {
    const { value } = Object.getOwnPropertyDescriptor(owner, name) ?? {};
    if (typeof value === "function" && !kept.has(name)) Reflect.deleteProperty(owner, name);
  }
}
