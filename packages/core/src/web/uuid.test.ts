import { expect, test, vi } from "vitest";
import { uuid } from "./uuid.ts";
import { webPorts } from "./web-ports.ts";

const VERSION_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test.each([
  ["with crypto", globalThis.crypto],
  ["without crypto, as on Node.js 18", undefined],
  ["with a crypto that a test made up", { randomUUID: (): string => "uuid-1", subtle: {} }],
  ["with an element of that name", { tagName: "FORM" }],
  [
    "with a crypto that fails",
    {
      getRandomValues() {
        throw new Error("no entropy");
      },
    },
  ],
])("ids are random UUIDs, %s", (_, crypto) => {
  vi.stubGlobal("crypto", crypto);
  const ids = Array.from({ length: 100 }, () => webPorts(undefined).uuid());
  for (const id of ids) expect(id).toMatch(VERSION_4);
  expect(new Set(ids).size).toBe(ids.length);
  expect(uuid()).toMatch(VERSION_4);
});
