/**
 * Patterns: how a case says what a value must be. Plain JSON matches itself, objects with exactly the same keys, arrays
 * of the same length. What cannot be said that way is said by an object with one key that starts with "$":
 *
 * $partial {…}      an object with at least these keys       $any "string"    any value of this type
 * $regex "…"        a string this matches                     $length n        an array or string of this length
 * $between [a, b]   a number in this range, ends included     $oneOf […]       any of these patterns
 * $each p           an array whose every item matches p       $absent true     no such key (inside $partial)
 * $json p           a string that is JSON and parses to p     $excludes "…"    a string without this text
 * $optional p       no such key, or p (inside an object)
 */
import type { WireValue } from "../protocol.ts";

export type Pattern = WireValue;

export const MATCHERS: ReadonlySet<string> = new Set(
  "$partial $any $regex $length $between $oneOf $each $absent $optional $json $excludes".split(" "),
);

/** What is wrong, one line per difference, each starting with the path; empty when the value matches. */
export function mismatches(value: unknown, pattern: Pattern, path = "value"): string[] {
  if (Array.isArray(pattern)) return arrayMismatches(value, pattern, path);
  if (pattern === null || typeof pattern !== "object") {
    return Object.is(value, pattern) ? [] : [`${path}: expected ${show(pattern)}, got ${show(value)}`];
  }
  const [name, ...others] = Object.keys(pattern);
  if (name !== undefined && MATCHERS.has(name) && others.length === 0) {
    return matcherMismatches(value, name, pattern[name] as Pattern, path);
  }
  return objectMismatches(value, pattern, path, false);
}

function arrayMismatches(value: unknown, pattern: Pattern[], path: string): string[] {
  if (!Array.isArray(value)) return [`${path}: expected an array, got ${show(value)}`];
  const problems =
    value.length === pattern.length
      ? []
      : [`${path}: expected ${pattern.length} items, got ${value.length}: ${show(value)}`];
  const shared = Math.min(value.length, pattern.length);
  for (let i = 0; i < shared; i++)
    problems.push(...mismatches(value[i], pattern[i] as Pattern, `${path}[${i}]`));
  return problems;
}

function objectMismatches(
  value: unknown,
  pattern: Record<string, Pattern>,
  path: string,
  partial: boolean,
): string[] {
  if (!isObject(value)) return [`${path}: expected an object, got ${show(value)}`];
  const problems: string[] = [];
  for (const [key, expected] of Object.entries(pattern)) {
    const there = Object.hasOwn(value, key);
    if (isObject(expected) && expected.$absent === true) {
      if (there) problems.push(`${path}.${key}: expected no such key, got ${show(value[key])}`);
    } else if (isObject(expected) && "$optional" in expected) {
      if (there) problems.push(...mismatches(value[key], expected.$optional as Pattern, `${path}.${key}`));
    } else if (there) problems.push(...mismatches(value[key], expected, `${path}.${key}`));
    else problems.push(`${path}.${key}: missing, expected ${show(expected)}`);
  }
  if (partial) return problems;
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(pattern, key)) problems.push(`${path}.${key}: not expected, got ${show(value[key])}`);
  }
  return problems;
}

function matcherMismatches(value: unknown, name: string, detail: Pattern, path: string): string[] {
  const fails = (wanted: string) => [`${path}: expected ${wanted}, got ${show(value)}`];
  switch (name) {
    case "$partial":
      return objectMismatches(value, detail as Record<string, Pattern>, path, true);
    case "$any":
      return typeof value === detail ? [] : fails(`any ${detail}`);
    case "$regex":
      return typeof value === "string" && new RegExp(String(detail), "su").test(value)
        ? []
        : fails(`/${detail}/`);
    case "$excludes":
      return typeof value === "string" && !value.includes(String(detail)) ? [] : fails(`no ${show(detail)}`);
    case "$length":
      return lengthOf(value) === detail ? [] : fails(`length ${detail}`);
    case "$between": {
      const [low, high] = detail as [number, number];
      return typeof value === "number" && value >= low && value <= high ? [] : fails(`${low} to ${high}`);
    }
    case "$oneOf":
      return (detail as Pattern[]).some((one) => mismatches(value, one).length === 0)
        ? []
        : fails(show(detail));
    case "$each":
      return Array.isArray(value)
        ? value.flatMap((item, i) => mismatches(item, detail, `${path}[${i}]`))
        : fails("an array");
    case "$json":
      return jsonMismatches(value, detail, path);
    default:
      return fails(`${name} where it can be used`);
  }
}

function jsonMismatches(value: unknown, detail: Pattern, path: string): string[] {
  try {
    return mismatches(JSON.parse(String(value)), detail, `${path}(json)`);
  } catch {
    return [`${path}: expected JSON, got ${show(value)}`];
  }
}

function lengthOf(value: unknown): number | undefined {
  return Array.isArray(value) || typeof value === "string" ? value.length : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How long a value may be in a message before it is cut: a 1 MB string helps nobody. */
const SHOWN_CHARACTERS = 300;

function show(value: unknown): string {
  const text = value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value));
  return text.length > SHOWN_CHARACTERS
    ? `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)`
    : text;
}
