/** Functions a case can ask for by name: the SDK's channel constructors, and callbacks of an app. */
import type { TaggedValue } from "../protocol.ts";
import type { SpecialValues } from "./values.ts";

type Callback = (event: Record<string, unknown>) => unknown;

/** `channel`: what the SDK exports under this name. */
export function appValues(channel: object): SpecialValues {
  const constructors = channel as Record<string, (...args: unknown[]) => unknown>;
  const callbacks: Record<string, Callback> = {
    throws: () => {
      throw new Error("a callback of the app failed");
    },
    "returns-null": () => null,
    "leaves-out-secrets": (event) => (event.event_type === "secret_event" ? null : event),
    "adds-property": (event) => ({ ...event, properties: { ...(event.properties as object), added: true } }),
    "returns-circular": (event) => Object.assign(event, { properties: { self: event } }),
    "returns-bad-name": (event) => ({ ...event, event_type: "Not A Name" }),
    "forges-ids": (event) => ({
      ...event,
      occurred_at: "2026-06-01T00:00:00.000Z",
      context: { ...(event.context as object), $message_id: "forged" },
    }),
    "returns-promise": async (event) => event,
    rejects: async () => {
      throw new Error("an asynchronous callback of the app failed");
    },
  };
  return {
    channel: (tag: TaggedValue) => constructors[String(tag.type)]?.(...((tag.args ?? []) as unknown[])),
    callback(tag: TaggedValue) {
      if (tag.of === "counts-calls") return countingCalls();
      if (tag.of === "changes-user") return (event: object) => ({ ...event, external_user_id: tag.user });
      return callbacks[String(tag.of)];
    },
  };
}

/** Each client of a case gets one of its own. */
function countingCalls(): Callback {
  let calls = 0;
  return (event) => ({ ...event, properties: { ...(event.properties as object), calls: ++calls } });
}
