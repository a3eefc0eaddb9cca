/**
 * An outbox of the app's own, before each request: it may have changed by itself, or hold what cannot be read. The machine takes
 * its count from the outbox, and what cannot be read stops nothing behind it.
 */
import type { Client } from "../client/client.ts";
import { withdrawn } from "../delivery/queueing.ts";
import type { DropReason } from "../errors.ts";
import type { AppOutbox } from "../queue/outbox.ts";
import { lose, step, take } from "./books.ts";
import { arrived } from "./queue.ts";

/** Where an outbox of ours says so that other processes share its storage; the same symbol in every copy of this file. */
export const sharing: unique symbol = /* @__PURE__ */ Symbol.for("whisperr.sharing");

/** An outbox in storage that other processes share. What comes to it from there, or goes, it tells the client itself. */
export interface SharedOutbox extends AppOutbox {
  readonly [sharing]: {
    /** The client that has it. */
    join(client: Client): void;
    /** Is what it holds certainly this process's? If not, the outbox says `transmit` as soon as it knows. */
    maySend(): boolean;
    /** The client has shut down: what is left is for whoever comes next. */
    leave?(): void;
    /** The process ends now: stores what it can at once, and says how many operations are not stored. */
    unstored?(): number;
  };
}

/** A part of `Ports` for a client whose outbox is the app's: always ready, once things are as they should be. */
export function isReady(client: Client): boolean {
  recount(client);
  const unreadable = unreadableAtFront(client);
  if (unreadable > 0) {
    take(client, 0, unreadable, "corrupt");
    gone(client, unreadable, "corrupt");
  }
  return true;
}

/** What came or went by itself is counted. Not during a request: what that carries is settled first. */
export function recount(client: Client): void {
  const { outbox, pending, request } = client;
  const { size } = outbox;
  if (request || size === pending) return;
  if (size > pending) arrived(client, size - pending);
  else gone(client, pending - size, "outbox_failed");
}

function gone(client: Client, count: number, reason: DropReason): void {
  step(client, () => {
    lose(client, reason, count);
    withdrawn(client, 0, count);
  });
}

/** How many at the front cannot be read, though one behind them can: where none can, the outbox fails as a whole, and keeps everything. */
function unreadableAtFront({ outbox, pending }: Client): number {
  for (let index = 0; index < pending; index++) if (outbox.at(index)) return index;
  return 0;
}
