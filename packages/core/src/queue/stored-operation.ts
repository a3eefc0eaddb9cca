/** Operations that come back from storage, where anything may have happened to them. */

import type { IdentifyOperation, Operation, TrackOperation } from "../events/operation.ts";
import { isText } from "../events/refusal.ts";
import { checkEventType } from "../events/snapshot.ts";
import { encodeEvent } from "../events/wire.ts";

interface Wire {
  readonly external_user_id?: unknown;
  readonly anonymous_id?: unknown;
}

/** An operation from its stored JSON; undefined when it is none that could be sent. */
export function parseOperation(text: string): Operation | undefined {
  try {
    const operation = JSON.parse(text) as Operation;
    const fits = operation.kind === "track" ? fitsTrack(operation) : fitsIdentify(operation);
    return fits ? operation : undefined;
  } catch {
    return undefined;
  }
}

/** Or it throws. */
function fitsTrack(operation: TrackOperation): boolean {
  const { event, idPrefix, idNumber, properties, context } = operation;
  checkEventType(event);
  const { external_user_id, anonymous_id } = JSON.parse(encodeEvent(operation)) as Wire;
  return (
    isText(external_user_id ?? anonymous_id) &&
    isText(idPrefix) &&
    Number.isInteger(idNumber) &&
    properties[0] === "{" &&
    context[0] === "{"
  );
}

/** Or it throws. */
function fitsIdentify({ kind, body }: IdentifyOperation): boolean {
  const { external_user_id } = JSON.parse(body) as Wire;
  return kind === "identify" && typeof body === "string" && isText(external_user_id);
}
