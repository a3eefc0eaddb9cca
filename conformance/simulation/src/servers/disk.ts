/**
 * A disk, and the outbox that writes through to it: what is on it when a process dies is there for the next one. Stored
 * as text, and read back with core's own reader.
 */
import { createMemoryOutbox, type Operation, type Outbox, parseOperation } from "@whisperr/core";
import type { VirtualTime } from "../virtual-time.ts";

/** `refuses`: an append throws. `forgets`: nothing reaches the disk, nor leaves it, and nobody is told. */
export type DiskMode = "well" | "refuses" | "forgets";

export interface Disk {
  mode: DiskMode;
  /** What a process that starts now finds, by the order of the calls. */
  readonly records: ReadonlyMap<number, string>;
  open(process: DiskProcess): DiskOutbox;
}

/** The process that has the disk open. */
export interface DiskProcess {
  readonly isAlive: boolean;
  /** Asked before each change: false when it dies instead. */
  mayWrite(): boolean;
}

export interface DiskOutbox extends Outbox {
  /** The process ends in order: what is on its way to the disk gets there. */
  close(): void;
}

/** `delayMs`: until a change has reached the disk; 0 = at once. Changes arrive in their order. */
export function createDisk(time: VirtualTime, delayMs: number): Disk {
  const records = new Map<number, string>();
  let lastKey = 0;
  const disk = { mode: "well" as DiskMode, records, open };

  function open(process: DiskProcess): DiskOutbox {
    const mirror = createMemoryOutbox();
    const keys = new Map<Operation, number>();
    let underWay: (() => void)[] = [];
    for (const [key, text] of records) {
      const operation = parseOperation(text);
      if (operation === undefined) throw new Error(`core cannot read what it stored: ${text}`);
      keys.set(operation, key);
      mirror.append(operation);
    }

    function write(change: () => void): void {
      if (!process.mayWrite() || disk.mode !== "well") return;
      if (delayMs === 0) return change();
      underWay.push(change);
      time.after(delayMs, () => process.isAlive && underWay.shift()?.());
    }

    return {
      get size() {
        return mirror.size;
      },
      at: (index) => mirror.at(index),
      append(operation) {
        if (disk.mode === "refuses") throw new Error("no space left on device");
        mirror.append(operation);
        const key = ++lastKey;
        keys.set(operation, key);
        const text = JSON.stringify(operation);
        write(() => records.set(key, text));
      },
      remove(offset, count) {
        for (let i = offset; i < offset + count; i++) {
          const operation = mirror.at(i) as Operation;
          const key = keys.get(operation) as number;
          keys.delete(operation);
          write(() => records.delete(key));
        }
        mirror.remove(offset, count);
      },
      close() {
        for (const change of underWay) change();
        underWay = [];
      },
    };
  }

  return disk;
}
