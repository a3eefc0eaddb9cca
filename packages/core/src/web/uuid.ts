// As far as it is used here; core is checked without the types of any platform.
declare const crypto: { getRandomValues(bytes: Uint8Array): Uint8Array };

/**
 * A random UUID. `crypto.randomUUID` is missing on insecure origins, and Node.js 18 and some DOMs of tests have no
 * `crypto` at all, or one that a test made up: `Math.random` is enough to tell two clients apart.
 */
export function uuid(): string {
  const bytes = randomBytes();
  let at = 0;
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (Number(digit) ^ ((bytes[at++] as number) & (15 >> (Number(digit) / 4)))).toString(16),
  );
}

/** As many as a UUID has digits. */
function randomBytes(): Uint8Array {
  const bytes = new Uint8Array(32);
  try {
    return crypto.getRandomValues(bytes);
  } catch {
    return bytes.map(() => Math.random() * 256);
  }
}
