/** Events that wait for their visitor to become a user (`anonymousEvents: "hold"`). */
import type { TrackOperation } from "../events/operation.ts";
import type { Identity } from "../identity/identity.ts";
import { identityOf } from "../identity/identity-keeper.ts";
import { hold, release } from "../loop/queue.ts";
import type { DeviceRecord } from "./device.ts";

export const HOLD = { hold, releaseHeld, claimed };

/** Once there is a user; until then they wait. After a `reset()`, those of the visitor before are dropped. */
function releaseHeld(client: DeviceRecord): void {
  release(client, (event) => claimed(identityOf(client), event));
}

/** A held event, once its visitor is a user; undefined when `reset()` has parted the two. */
function claimed({ userId, anonymousId }: Identity, event: TrackOperation): TrackOperation | undefined {
  if (event.anonymousId !== anonymousId) return undefined;
  if (userId === undefined) return event;
  const { held: _held, anonymousId: _visitor, ...rest } = event;
  return { ...rest, userId };
}
