/** Operations that come back from storage, where anything may have happened to them. */
import type { Operation } from "./operation.ts";
import { encodeEvent } from "./wire.ts";

/** An operation from its stored JSON; undefined when it is none that could be sent. */
export function parseOperation(text: string): Operation | undefined {
  try {
    const operation = JSON.parse(text) as Operation;
    const { external_user_id, anonymous_id, event_type } = JSON.parse(
      operation.kind === "identify" ? operation.body : encodeEvent(operation),
    ) as { external_user_id?: unknown; anonymous_id?: unknown; event_type?: unknown };
    const isIdentify = operation.kind === "identify";
    const valid =
      typeof (external_user_id ?? anonymous_id) === "string" && isIdentify === (event_type === undefined);
    return valid ? operation : undefined;
  } catch {
    return undefined;
  }
}
