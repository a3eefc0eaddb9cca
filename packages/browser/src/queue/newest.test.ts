import { afterEach, expect, test } from "vitest";
import type { Page } from "../page/page.ts";
import { NEWEST, recordKey } from "../storage/keys.ts";
import { nowhere } from "../storage/storage.ts";
import { noteNewest } from "./newest.ts";

const arrays = Array.prototype as { toJSON?: unknown };

afterEach(() => void delete arrays.toJSON);

const identify = (plan: string) => ({
  kind: "identify" as const,
  body: JSON.stringify({ external_user_id: "ada", traits: { plan } }),
});

test("what is noted can be read where arrays become text (Prototype 1.6)", () => {
  arrays.toJSON = function (this: unknown[]) {
    return `[${this.join(", ")}]`;
  };
  const older = recordKey("000000000other", 0);
  const texts = new Map([[older, JSON.stringify(identify("trial"))]]);
  const storage = {
    ...nowhere,
    keys: () => [...texts.keys()].sort().reverse(),
    get: (key: string) => texts.get(key) ?? null,
    set: (key: string, text: string) => Boolean(texts.set(key, text)),
  };
  const page = { storage, own: "0000000000own", written: 0, isSayingAgain: false } as unknown as Page;
  noteNewest(page, identify("pro"));
  noteNewest(page, identify("max"));
  delete arrays.toJSON;
  const note = JSON.parse(texts.get(`${NEWEST}ada`) ?? "") as { after: string[]; said: [string, string][] };
  expect(note.after, "once, however many come").toEqual([older]);
  expect(note.said.map(([, body]) => JSON.parse(body).traits.plan)).toEqual(["pro", "max"]);
});
