/**
 * Text that comes from an SDK, its driver or a file, made fit to be shown. An SDK prints what it likes: escape sequences that paint
 * over a terminal, characters that XML does not have, halves of surrogate pairs that no file can hold, marks that turn the
 * direction of what follows. Everything that leaves a run goes through here: the terminal, and each report.
 */

/** Control characters, halves of surrogate pairs, what breaks lines or turns their direction, and what XML leaves out. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff\ufffe\uffff]/gu;

/** They are written as JSON writes them, so JSON text stays the same; line breaks and tabs are left as they are. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character === "\n" || character === "\t" ? character : escaped(character),
  );
}

/** On one line, whatever it is. */
export function printableLine(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
