import { attempt } from "../attempt.ts";

// As far as it is used here; core is checked without the types of any platform.
declare const crypto: { getRandomValues(bytes: Uint8Array): Uint8Array };

/**
 * A random UUID. `crypto.randomUUID` is missing on insecure origins, and Node.js 18 and some DOMs of tests have no
 * `crypto` at all, or one that a test made up: `Math.random` is enough to tell two clients apart.
 */
export function uuid(): string {
  // As many as a UUID has digits.
  const random = attempt(() => crypto.getRandomValues(new Uint8Array(32)));
  let at = 0;
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => {
    const byte = random?.[at++] ?? Math.random() * 256;
    return (Number(digit) ^ (byte & (15 >> (Number(digit) / 4)))).toString(16);
  });
}
