/** The fetch of one app on a published SDK that can't be stopped: when the app is over, nothing it still waits for comes. */

export interface AppFetch {
  fetch: typeof globalThis.fetch;
  /** Gives up what is in flight; from now on nothing is answered and nothing fails. */
  end(): void;
}

/** `watched`: the fetch that is counted. */
export function createAppFetch(watched: typeof globalThis.fetch): AppFetch {
  const life = new AbortController();

  function unlessOver(error: unknown): Promise<never> {
    return life.signal.aborted ? new Promise(() => {}) : Promise.reject(error);
  }

  return {
    fetch: async (input, init) => {
      const signals = init?.signal ? [life.signal, init.signal] : [life.signal];
      const sent = watched(input, { ...init, signal: AbortSignal.any(signals) });
      return leftUnread(await sent.catch(unlessOver));
    },
    end: () => life.abort(),
  };
}

/**
 * These SDKs look at the status and leave the body alone. Its connection is busy until the rest has come by itself: that
 * is what counts as in flight, so the rest is read here.
 */
function leftUnread(answer: Response): Response {
  const copy = answer.clone();
  answer.text().catch(() => {});
  return copy;
}
