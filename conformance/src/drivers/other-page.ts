/**
 * Another page of the same device: a frame with the driver's script, and so with an SDK, storage events and locks of its
 * own. Clock, timers, network and console are the driver's, so that the runner watches both pages.
 */

export interface OtherPage<Sdk> {
  readonly sdk: Sdk;
  /** Its locks are answered apart from those of the page around it. */
  readonly window: Window;
  /** Resolves when each page has heard what the other one has stored so far. */
  heard(): Promise<void>;
  close(): void;
}

interface Lent<Sdk> {
  readonly sdk: Sdk;
  /** As with every page that goes, none of its timers fires any more, and no answer reaches it. */
  end(): void;
}

type Lending<Sdk> = Window & { lent?: Lent<Sdk> };

/** In the frame: takes what the page around it watches, and shows it the SDK. */
export function lendSdk<Sdk>(sdk: Sdk): void {
  const page = parent as typeof globalThis & Window;
  const timers = new Set<unknown>();
  let isOver = false;
  const unlessOver = <Answer>(answer: Answer) => (isOver ? new Promise<never>(() => {}) : answer);
  Object.assign(window, {
    Date: page.Date,
    console: page.console,
    fetch: (...request: Parameters<typeof fetch>) => page.fetch(...request).then(unlessOver),
    setTimeout(run: () => void, delayMs: number) {
      const timer = isOver ? undefined : page.setTimeout(run, delayMs);
      timers.add(timer);
      return timer;
    },
    clearTimeout: page.clearTimeout,
  });
  (window as Lending<Sdk>).lent = {
    sdk,
    end() {
      isOver = true;
      for (const timer of timers) page.clearTimeout(timer as number);
    },
  };
}

export async function openOtherPage<Sdk>(): Promise<OtherPage<Sdk>> {
  const frame = document.createElement("iframe");
  frame.src = location.href;
  await new Promise((resolve) => {
    frame.addEventListener("load", resolve, { once: true });
    document.body.append(frame);
  });
  const other = frame.contentWindow as unknown as Lending<Sdk>;
  const { lent } = other;
  if (lent === undefined) throw new Error("the other page has not come to stand");
  return {
    sdk: lent.sdk,
    window: other,
    async heard() {
      await told(other, window);
      await told(window, other);
    },
    close() {
      frame.remove();
      lent.end();
    },
  };
}

/** Not the window's own: those are watched, and mutants do not hear all they are told. */
const { addEventListener: listenTo, removeEventListener: stopListening } = EventTarget.prototype;

/** Under which pages tell each other that they have heard everything. */
export const MARK = "driver.mark";
let marks = 0;

/** Events of one storage come in order: with this one, all before it have. */
function told(writer: Window, listener: Window): Promise<void> {
  const mark = String(++marks);
  return new Promise((resolve) => {
    const listen = ({ key, newValue }: StorageEvent) => {
      if (key !== MARK || newValue !== mark) return;
      stopListening.call(listener, "storage", listen as (event: Event) => void);
      resolve();
    };
    listenTo.call(listener, "storage", listen as (event: Event) => void);
    writer.localStorage.setItem(MARK, mark);
  });
}
