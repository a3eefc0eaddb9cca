/** The client's side of a Durable Object outbox. */
import { checkOptionNames, misuse, type Names, utf8Bytes, uuid } from "@whisperr/core";
import { createPlaces } from "../../hand-over/place.ts";
import type { PlatformOutbox } from "../../hand-over/platform-outbox.ts";
import { tooLargeForPlatform } from "../../hand-over/too-large.ts";
import type { DurableObjectNamespaceLike } from "../bindings.ts";
import { handOverBody } from "./body.ts";

/** A row of a Durable Object's SQLite may take 2 MB; an operation is one, with a little beside it. */
const MAX_OPERATION_BYTES = 1_990_000;

/** Where `durableObjectOutbox()` puts operations. */
export interface DurableObjectOutboxOptions {
  /**
   * Which object keeps the operations; objects are independent of each other. One for all keeps one order. Names of your
   * own (a tenant, a shard of your users) spread the load; the order then holds within each name.
   * @default "whisperr"
   */
  readonly name?: string | undefined;
}

const OPTION_NAMES: Names<DurableObjectOutboxOptions> = { name: true };

/** It is made in each request. */
let isTold = false;

/**
 * An outbox for `createWhisperr({ outbox })`: operations are kept by a `WhisperrOutbox` object, which delivers them in
 * order. `namespace`: the binding, such as `env.WHISPERR_OUTBOX`. An operation larger than 1.99 MB is dropped, alone, and
 * reported as `too_large`.
 *
 * @throws An Error that says what to add to wrangler.jsonc, when it is no binding.
 */
export function durableObjectOutbox(
  namespace: DurableObjectNamespaceLike,
  options: DurableObjectOutboxOptions = {},
): PlatformOutbox {
  if (typeof namespace?.idFromName !== "function")
    throw misuse(
      "durableObjectOutbox() takes a Durable Object binding: add it to durable_objects in wrangler.jsonc",
    );
  checkOptionNames(options, OPTION_NAMES, "durableObjectOutbox()", (message) => {
    if (!isTold) console.warn(message);
    isTold = true;
  });
  const { name = "whisperr" } = options;
  const { called, placeOf } = createPlaces();

  return {
    append: called,
    async handOver(operations, isAhead) {
      // Of a client's numbers the object takes those below the last one for repetitions: what is ahead of others has its own client.
      const ahead = isAhead ? { client: uuid() } : undefined;
      const handed = operations.map((operation) => ({
        ...placeOf(operation),
        ...ahead,
        text: JSON.stringify(operation),
      }));
      if (handed.some(({ text }) => utf8Bytes(text) > MAX_OPERATION_BYTES))
        throw tooLargeForPlatform("A Durable Object's row", MAX_OPERATION_BYTES);
      // A stub belongs to the request that got it.
      const stub = namespace.get(namespace.idFromName(name) as never);
      const answer = await stub.fetch("https://whisperr/operations", {
        method: "POST",
        body: handOverBody(handed),
      });
      const said = await answer.text();
      if (!answer.ok) throw new Error(`the Durable Object answered ${answer.status}: ${said}`);
    },
  };
}
