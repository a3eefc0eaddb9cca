/**
 * Another page of the same device: a frame with the driver's script, and so with an SDK, storage events and locks of its
 * own. Clock, timers, network and console are the driver's, so that the runner watches both pages.
 */

const LENT = ["fetch", "setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "console"];

export interface OtherPage<Sdk> {
  readonly sdk: Sdk;
  /** Resolves when each page has heard what the other one has stored so far. */
  heard(): Promise<void>;
  close(): void;
}

type Lending<Sdk> = Window & { lentSdk?: Sdk } & Record<string, unknown>;

/** In the frame: takes what the page around it watches, and shows it the SDK. */
export function lendSdk<Sdk>(sdk: Sdk): void {
  const page = parent as unknown as Record<string, unknown>;
  const own = window as unknown as Lending<Sdk>;
  for (const name of LENT) own[name] = page[name];
  own.lentSdk = sdk;
}

export async function openOtherPage<Sdk>(): Promise<OtherPage<Sdk>> {
  const frame = document.createElement("iframe");
  frame.src = location.href;
  await new Promise((resolve) => {
    frame.addEventListener("load", resolve, { once: true });
    document.body.append(frame);
  });
  const other = frame.contentWindow as unknown as Lending<Sdk>;
  if (other.lentSdk === undefined) throw new Error("the other page has not come to stand");
  return {
    sdk: other.lentSdk,
    async heard() {
      await told(other, window);
      await told(window, other);
    },
    close: () => frame.remove(),
  };
}

/** Not the window's own: those are watched, and mutants do not hear all they are told. */
const { addEventListener: listenTo, removeEventListener: stopListening } = EventTarget.prototype;

const MARK = "driver.mark";
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
