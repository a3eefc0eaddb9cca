/** What people may be called, and what they may write. */
import fc from "fast-check";

const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;

/** Any character of Unicode, surrogates apart. fast-check's own takes seconds for the first. */
export const anyCharacter = fc.oneof(
  fc.integer({ min: 0, max: 0x7f }).map(String.fromCodePoint),
  fc
    .integer({ min: 0, max: 0x10ffff - SURROGATES })
    .map((at) => String.fromCodePoint(at < FIRST_SURROGATE ? at : at + SURROGATES)),
);
