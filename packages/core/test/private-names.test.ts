/** A name that is shortened in a build must be nobody's but the code's own. */
import { describe, expect, test } from "vitest";
import { PRIVATE_PROPERTIES } from "../private-names.ts";
import { createServerClient } from "../src/client/server-client.ts";
import { encodeEvent } from "../src/events/wire.ts";
import type { Identity } from "../src/identity/identity.ts";
import { settled } from "../src/identity/push-token.ts";
import { resolveOptions } from "../src/resolve-options.ts";
import { fakePorts } from "./fake-ports.ts";
import { T1 } from "./identities.ts";
import { anIdentify, aTrack } from "./operations.ts";

/** Every name of a property in a value, at any depth. */
function namesIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value !== "object" || value === null) return found;
  for (const [name, inner] of Object.entries(value)) {
    found.add(name);
    namesIn(inner, found);
  }
  return found;
}

const shortened = (value: unknown) => [...namesIn(value)].filter((name) => PRIVATE_PROPERTIES.test(name));

describe("no name is shortened", () => {
  test("that is public: what a client's calls and figures are called", () => {
    const { ports } = fakePorts();
    const options = { apiKey: "wrk_test" };
    const { api } = createServerClient(options, resolveOptions(options, { maxQueueSize: 10 }), ports);

    expect(shortened({ ...api, ...api.stats(), ...api.forUser("ada") })).toEqual([]);
  });

  test("that travels", () => {
    expect(shortened(JSON.parse(encodeEvent(aTrack())))).toEqual([]);
    expect(shortened(JSON.parse(anIdentify().body))).toEqual([]);
  });

  test("that is stored: of operations, and of who the user is", () => {
    const said = settled([{ userId: "ada", ...T1, isQueued: true, inDoubt: true }]);
    const identity: Required<Identity> = {
      anonymousId: "v",
      userId: "ada",
      promoted: true,
      optedOut: true,
      denied: true,
      resets: 1,
      pushToken: { ...T1, kind: "fcm", platform: "web", push_env: "production", verified: true },
      said,
    };

    expect(shortened(aTrack({ held: true, anonymousId: "v" }))).toEqual([]);
    expect(shortened(anIdentify())).toEqual([]);
    expect(shortened(identity)).toEqual([]);
  });

  test("of an option, or of anything an app implements", () => {
    const given = { size: 0, append: 0, at: 0, remove: 0, inFlight: 0, handOver: 0 };
    const options = resolveOptions({ apiKey: "wrk_test" }, { maxQueueSize: 10 });

    expect(shortened({ ...given, ...options })).toEqual([]);
  });
});
