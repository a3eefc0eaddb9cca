/** For messages about a word that is not known: the one that was probably meant. */
import { closest } from "fastest-levenshtein";

/** `; the nearest is "virtual-time"`, or nothing where there is nothing to choose from. */
export function nearest(word: string, known: readonly string[]): string {
  return known.length === 0 ? "" : `; the nearest is "${closest(word, [...known])}"`;
}
