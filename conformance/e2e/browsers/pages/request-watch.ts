/**
 * Watches `fetch` for requests to the API, and for their answers. They are changed in one thing: the API tells pages apart by
 * the referrer, which the SDK never sends.
 */

export interface RequestWatch {
  /** Resolves when the next request to the API begins. */
  next(): Promise<void>;
  /** How many pages of this profile went away while a request of theirs was under way. */
  leftInFlight(): number;
  /** Requests without an answer yet. */
  underWay(): number;
  /** Message ids of events whose acceptance this page has heard of, and when it surely had. */
  heard(): Record<string, number>;
}

/** Once the body is read storage is written, which reaches the browser's other processes this much later. */
const DIGEST_MS = 500;

const KEY = "shop.left-in-flight";

export function watchRequests(apiUrl: string): RequestWatch {
  const original = globalThis.fetch;
  const waiting: (() => void)[] = [];
  const heard: Record<string, number> = {};
  let underWay = 0;

  globalThis.fetch = async (input, init) => {
    const toApi = String(input instanceof Request ? input.url : input).startsWith(apiUrl);
    if (!toApi) return original(input, init);
    if (init?.referrerPolicy !== "no-referrer" || init.credentials !== "omit")
      throw new TypeError("the request would carry the page's address, or cookies");
    underWay++;
    for (const resolve of waiting.splice(0)) resolve();
    try {
      const response = await original(input, { ...init, referrerPolicy: "unsafe-url" });
      if (response.ok) whenRead(response, () => setTimeout(() => note(String(init?.body)), DIGEST_MS));
      return response;
    } finally {
      underWay--;
    }
  };

  function note(body: string): void {
    const { events = [] } = JSON.parse(body) as { events?: { context: { $message_id: string } }[] };
    for (const { context } of events) heard[context.$message_id] ??= Date.now();
  }

  addEventListener("pagehide", () => {
    if (underWay > 0) write(read() + 1);
  });
  return {
    next: () => new Promise((resolve) => waiting.push(resolve)),
    underWay: () => underWay,
    leftInFlight: read,
    heard: () => heard,
  };
}

/** A client knows nothing of an answer before it has read all of it. */
function whenRead(response: Response, then: () => void): void {
  const text = response.text.bind(response);
  Object.defineProperty(response, "text", { value: () => text().finally(then) });
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
