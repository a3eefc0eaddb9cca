/** Reads an answer's text up to a bound, for runtimes where one oversized answer would harm everybody: servers. */
import type { FetchResponse } from "../ports.ts";

/** What of an answer is read: far more than counts and an error's words take, whatever a server sends. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** `decode`: UTF-8 to text. Rejects when the body breaks off. */
export async function readBoundedText(
  response: FetchResponse,
  decode: (bytes: Uint8Array) => string,
): Promise<string> {
  const { body } = response;
  // Polyfills have bodies of other kinds, or none.
  if (typeof body?.getReader !== "function") return response.text();
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    chunks.push(part.value);
    length += part.value.length;
    if (length <= MAX_ANSWER_BYTES) continue;
    reader.cancel().catch(() => {});
    break;
  }
  return decode(concatenate(chunks, length));
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
