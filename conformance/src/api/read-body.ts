/** Reads request bodies through the web's streams, so that it works wherever Hono does. */

/** Far above any limit a case sets; a client that sends more is not read to its end. */
export const MAX_READ_BYTES = 32 * 1024 * 1024;

const NO_BYTES = new Uint8Array();

/** The whole body, or what of it fits MAX_READ_BYTES; null when the client left before it was complete. */
export async function readBody(request: Request): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size > MAX_READ_BYTES) break;
    }
  } catch {
    return null;
  }
  return concatenate(chunks, size);
}

/** The bytes that arrive first: a part of a large body, possibly all of a small one. */
export async function readFirstBytes(request: Request): Promise<Uint8Array> {
  const reader = request.body?.getReader();
  try {
    return (await reader?.read())?.value ?? NO_BYTES;
  } catch {
    return NO_BYTES;
  }
}

function concatenate(chunks: Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1 && chunks[0]) return chunks[0];
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
