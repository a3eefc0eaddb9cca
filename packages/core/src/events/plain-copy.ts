/**
 * Values as JSON can have them. `JSON.stringify` writes `{}` for a Map, an Error and much else: here they come with their content, or
 * as a note of what they are, which is said. docs/values.md has the table.
 */
import { mustFit } from "../development.ts";
import type { EventRules } from "./schemas.ts";

/**
 * Characters one operation may have. Bounds what a single call can make the process hold; a server takes less.
 */
export const MAX_OPERATION_LENGTH = 4 * 1024 * 1024;

/** `"":` and a character of the value's. */
export const KEY_MARKS = 4;

/** Who hears of values that have no content to send. */
export type Hearer = Pick<EventRules, "warn">;

export interface Walk {
  /** Characters that the text of one operation may still have: what is larger is refused before it is written. */
  left: number;
  /** Around the value that is copied now, the outermost first. */
  readonly around: object[];
  readonly hearer: Hearer | undefined;
  /** Whose values they are. */
  readonly event: string;
}

/** Whatever is counted takes as much in the text, or more. */
export function spend(walk: Pick<Walk, "left">, length: number): void {
  walk.left -= length;
  if (walk.left >= 0) return;
  mustFit(false, "too_large", "its JSON", "4,194,304 characters at most", MAX_OPERATION_LENGTH - walk.left);
}

/** JSON has all of it: an object as literals make them, of any realm, or an instance with properties of its own. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null || (typeOf(value) === "Object" && hasKeys(value));
}

/** What `JSON.stringify` is to write. Undefined for what it leaves out; at the outermost also for what is no object at all. */
export function plainCopy(given: unknown, key: string, path: string, walk: Walk): unknown {
  const value = asItSays(given, key);
  if (typeof value === "string") spend(walk, value.length);
  if (typeof value === "bigint") return bigIntToJson(value);
  if (typeof value === "function" || typeof value === "symbol") return say(walk, path, `a ${typeof value}`);
  if (typeof value !== "object" || value === null) return value;
  const { around } = walk;
  if (around.includes(value)) throw new TypeError(`${path} refers to itself`);
  around.push(value);
  const content = contentOf(value, path, walk);
  const isObject = content === Object(content);
  const copy = isObject ? inside(content as Content, path, walk) : plainCopy(content, key, path, walk);
  around.pop();
  return copy;
}

function say({ hearer, event }: Walk, path: string, type: string): void {
  hearer?.warn(`${event} ${type}`, `${event}: ${path} is ${type}.`);
}

function inside(content: Content, path: string, walk: Walk): Content {
  const isList = Array.isArray(content);
  if (isList) spend(walk, 2 * content.length);
  const copy: Content = isList ? Array(content.length) : Object.create(null);
  for (const name of Object.keys(content)) {
    if (!isList) spend(walk, name.length + KEY_MARKS);
    copy[name] = plainCopy(content[name], name, `${path}.${name}`, walk);
  }
  return copy;
}

type Content = { [name: string]: unknown };

/** As JSON asks it; but a Buffer would make a list of numbers of itself. */
function asItSays(value: unknown, key: string): unknown {
  const isAsked = typeof value === "bigint" || (value === Object(value) && !isBinary(value));
  const { toJSON } = (isAsked ? value : {}) as { toJSON?: unknown };
  return typeof toJSON === "function" ? toJSON.call(value, key) : value;
}

/** What to go on with in the place of a value. */
function contentOf(value: object, path: string, walk: Walk): unknown {
  // What `toJSON` of Bun's forms gives has their tag.
  if (isPlain(value)) return value;
  const type = typeOf(value);
  const isOutermost = walk.around.length === 1;
  if (ERRORS.includes(type)) {
    const { name, message, cause, errors } = value as AggregateError;
    return { name, message, cause, errors, ...value };
  }
  // As properties a Map may be a mistake: its keys need not be names.
  if (COLLECTIONS.includes(type) && !(isOutermost && type === "Map" && !hasKeys(value)))
    return Object.assign(collected(value as Iterable<unknown>, type, walk), value);
  if (isBinary(value)) {
    const { byteLength, size } = value as { readonly byteLength?: number; readonly size?: number };
    return isOutermost ? undefined : { type, length: byteLength ?? size };
  }
  const isNode = "nodeType" in value;
  if (Array.isArray(value) || (hasKeys(value) && type !== "String" && !isNode)) return value;
  const primitive = value.valueOf();
  if (primitive !== value) return primitive;
  const text = `${value}`;
  if (text.startsWith("[object ")) say(walk, path, text);
  return isOutermost && type === "Object" ? {} : text;
}

const ERRORS = ["Error", "DOMException"];
const COLLECTIONS = ["Set", "Map", "Headers", "FormData", "URLSearchParams"];

/** By their names, a list where one comes again; pairs where a name is no text. */
function collected(values: Iterable<unknown>, type: string, walk: Walk): object {
  const items: unknown[] = [];
  for (const item of values) {
    items.push(item);
    // Not all of them, to find that they are too many.
    if (2 * items.length > walk.left) spend(walk, 2 * items.length);
  }
  const content: Content = Object.create(null);
  for (const [name, item] of type === "Set" ? [[]] : (items as unknown[][])) {
    if (typeof name !== "string") return items;
    content[name] = content[name] || [];
    (content[name] as unknown[]).push(item);
  }
  for (const name in content) {
    const list = content[name] as unknown[];
    if (list.length === 1) content[name] = list[0];
  }
  return content;
}

const BINARY = ["ArrayBuffer", "SharedArrayBuffer", "Blob", "File"];

export const isBinary = (value: unknown): boolean =>
  ArrayBuffer.isView(value) || BINARY.includes(typeOf(value));

export const typeOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

const hasKeys = (value: object): boolean => Object.keys(value).length > 0;

function bigIntToJson(value: bigint): unknown {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : `${value}`;
}
