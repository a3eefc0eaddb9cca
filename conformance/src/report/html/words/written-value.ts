/**
 * Values as text a person reads: JSON, on one line as long as it fits. In a case's own text the objects that stand for
 * something else (patterns, and values JSON cannot carry) are said in words, ‹between such brackets›.
 */
import { grouped } from "./duration.ts";

/** What a line may hold next to another column. */
const LINE_CHARACTERS = 60;

/** Says an object in words, or undefined when it is just an object; `write` is for what it contains. */
type Words = (value: Record<string, unknown>, write: (inner: unknown) => string) => string | undefined;

/** Plain JSON, as it travelled. */
export function writtenValue(value: unknown): string {
  return write(value, () => undefined);
}

/** A pattern, or arguments, as a case has them (src/runner/pattern.ts, INTERPRETING.md). */
export function writtenPattern(pattern: unknown): string {
  return write(pattern, inWords);
}

/** A body as it is best read: JSON set in lines; what was cut off, or was never JSON, as it is. */
export function readable(text: string): string {
  try {
    return writtenValue(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Of a body or an answer; the JSON report has more. */
const SHOWN_CHARACTERS = 1_500;

export function bounded(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function write(value: unknown, words: Words): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "nothing";
  const inner = (item: unknown) => write(item, words);
  if (Array.isArray(value)) return enclosed("[", value.map(inner), "]");
  return words(value as Record<string, unknown>, inner) ?? enclosed("{", members(value, inner), "}");
}

function members(value: object, write: (inner: unknown) => string): string[] {
  return Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${write(inner)}`);
}

function enclosed(open: string, parts: readonly string[], close: string): string {
  if (parts.length === 0) return open + close;
  const space = open === "{" ? " " : "";
  const line = `${open}${space}${parts.join(", ")}${space}${close}`;
  if (line.length <= LINE_CHARACTERS && !line.includes("\n")) return line;
  return `${open}\n${parts.map((part) => `  ${part.replaceAll("\n", "\n  ")}`).join(",\n")}\n${close}`;
}

function inWords(value: Record<string, unknown>, write: (inner: unknown) => string): string | undefined {
  if (typeof value.$value === "string") return taggedValue(value, write);
  const [name, ...others] = Object.keys(value);
  if (name === undefined || others.length > 0) return undefined;
  const detail = value[name];
  switch (name) {
    case "$partial":
      return enclosed("{", [...members(Object(detail), write), "‹perhaps more›"], "}");
    case "$any":
      return `‹any ${String(detail)}›`;
    case "$regex":
      return `‹text like /${String(detail)}/›`;
    case "$excludes":
      return `‹text without ${write(detail)}›`;
    case "$length":
      return `‹${String(detail)} long›`;
    case "$between":
      return `‹${(detail as number[]).map(grouped).join(" to ")}›`;
    case "$oneOf":
      return `‹one of› ${write(detail)}`;
    case "$each":
      return `‹each› ${write(detail)}`;
    case "$json":
      return `‹JSON text of› ${write(detail)}`;
    case "$optional":
      return `‹nothing, or› ${write(detail)}`;
    case "$absent":
      return "‹not there›";
    default:
      return undefined;
  }
}

/** `{ "$value": "long-string", "length": 70 }` is ‹long-string, length 70›. */
function taggedValue({ $value, ...details }: Record<string, unknown>, write: (inner: unknown) => string) {
  const said = Object.entries(details).map(([key, detail]) => `, ${key} ${write(detail)}`);
  return `‹${String($value)}${said.join("")}›`;
}
