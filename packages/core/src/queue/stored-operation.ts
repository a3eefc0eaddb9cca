/** Operations that come back from storage, where anything may have happened to them. */

import { attempt } from "../attempt.ts";
import type { IdentifyBody } from "../events/identify-body.ts";
import type { Operation } from "../events/operation.ts";
import { checkEventType, isText } from "../events/snapshot.ts";
import { encodeEvent } from "../events/wire.ts";

/** An operation from its stored JSON; undefined when it is none that could be sent. */
export function parseOperation(text: string): Operation | undefined {
  return attempt(() => {
    const operation = JSON.parse(text) as Operation;
    return fits(operation) ? operation : undefined;
  });
}

/** Or it throws. */
function fits(operation: Operation): boolean {
  if (operation.kind !== "track")
    return operation.kind === "identify" && typeof operation.body === "string" && hasUser(operation.body);
  const { event, idPrefix, idNumber, properties, context } = operation;
  checkEventType(event);
  const isWhole = isText(idPrefix) && Number.isInteger(idNumber);
  return isWhole && properties[0] === "{" && context[0] === "{" && hasUser(encodeEvent(operation));
}

/** Of what will be sent. */
function hasUser(json: string): boolean {
  const { external_user_id, anonymous_id, channels = [] } = JSON.parse(json) as Partial<IdentifyBody>;
  // They are looked through when the operation is stored, sent and settled.
  return isText(external_user_id ?? anonymous_id) && channels.every(({ address }) => isText(address));
}
