/// <reference lib="dom" />
/** Watches `fetch` for requests to the API without touching them. */

export interface RequestWatch {
  /** Resolves when the next request to the API begins. */
  next(): Promise<void>;
  /** How many pages of this profile went away while a request of theirs was under way. */
  leftInFlight(): number;
}

const KEY = "shop.left-in-flight";

export function watchRequests(apiUrl: string): RequestWatch {
  const original = globalThis.fetch;
  const waiting: (() => void)[] = [];
  let underWay = 0;

  globalThis.fetch = async (input, init) => {
    const toApi = String(input instanceof Request ? input.url : input).startsWith(apiUrl);
    if (!toApi) return original(input, init);
    underWay++;
    for (const resolve of waiting.splice(0)) resolve();
    try {
      return await original(input, init);
    } finally {
      underWay--;
    }
  };

  addEventListener("pagehide", () => {
    if (underWay > 0) write(read() + 1);
  });
  return { next: () => new Promise((resolve) => waiting.push(resolve)), leftInFlight: read };
}

function read(): number {
  try {
    return Number(localStorage.getItem(KEY) ?? 0);
  } catch {
    return 0;
  }
}

function write(count: number): void {
  try {
    localStorage.setItem(KEY, String(count));
  } catch {
    // A page without storage counts nothing.
  }
}
