// As far as it is used here; core is checked without the types of any platform.
declare const crypto: { getRandomValues(bytes: Uint8Array): Uint8Array };

/**
 * A random UUID. `crypto.randomUUID` is missing on insecure origins, and Node.js 18 and some DOMs of tests have no
 * `crypto` at all: `Math.random` is enough to tell two clients apart.
 */
export function uuid(): string {
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => {
    const bytes = new Uint8Array(1);
    // Not where it is not needed: what a script put in its place may throw.
    const [random = 0] =
      typeof crypto === "undefined" ? [Math.random() * 256] : crypto.getRandomValues(bytes);
    return (Number(digit) ^ (random & (15 >> (Number(digit) / 4)))).toString(16);
  });
}
