/** What calls of `track()` ask of the storage: the same every time on every machine, as no clock is. */
import type { Ask, StorageUse } from "../site/plan.ts";
import type { Client } from "./page.ts";

/** For all `calls`, with `waiting` operations waiting before them. The queue is empty before and after. */
export async function countStorage(
  client: Client,
  ask: Extract<Ask, { do: "countStorage" }>,
): Promise<StorageUse> {
  await client.flush?.();
  for (let n = 0; n < ask.waiting; n++) client.track?.("waiting", { n });
  const use = { calls: 0, characters: 0 };
  const stop = watchStorage(use);
  for (let n = 0; n < ask.calls; n++) client.track?.("counted", { n, amount: 42, currency: "EUR" });
  stop();
  await client.flush?.();
  return use;
}

function watchStorage(use: StorageUse): () => void {
  const { getItem, setItem, removeItem, key } = Storage.prototype;
  const { keys } = Object;
  Object.assign(Storage.prototype, {
    getItem(this: Storage, name: string) {
      use.calls++;
      return getItem.call(this, name);
    },
    setItem(this: Storage, name: string, text: string) {
      use.calls++;
      use.characters += name.length + text.length;
      setItem.call(this, name, text);
    },
    removeItem(this: Storage, name: string) {
      use.calls++;
      removeItem.call(this, name);
    },
    key(this: Storage, index: number) {
      use.calls++;
      return key.call(this, index);
    },
  });
  Object.keys = (value: object) => {
    const names = keys(value);
    if (value instanceof Storage) use.calls += names.length;
    return names;
  };
  return () => {
    Object.assign(Storage.prototype, { getItem, setItem, removeItem, key });
    Object.keys = keys;
  };
}
