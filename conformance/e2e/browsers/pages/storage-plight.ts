/** Storage as some visitors have it. */

const FIRST_CHUNK = 1 << 20;

/** Not one more character fits afterwards. Answers how many were written. */
export function fillStorage(): number {
  let written = 0;
  for (let size = FIRST_CHUNK; size >= 1; ) {
    try {
      localStorage.setItem(`other-app.${localStorage.length}.${size}`, "x".repeat(size));
      written += size;
    } catch {
      size = size >> 1;
    }
  }
  return written;
}

/** What engines do when the visitor blocks cookies: the getters throw. */
export function denyStorage(): void {
  for (const name of ["localStorage", "sessionStorage", "indexedDB"]) {
    Object.defineProperty(globalThis, name, {
      get() {
        throw new DOMException("The operation is insecure.", "SecurityError");
      },
    });
  }
}
