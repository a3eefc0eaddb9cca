import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Identity, parseIdentity } from "./identity.ts";
import { hearIdentity, identityOf, setIdentity } from "./identity-keeper.ts";

/** A place to store, and as many keepers on it as there are pages. */
function storage(text: string | null = null) {
  let ids = 0;
  const place = { text, writable: true, readable: true, writes: 0 };
  const store = {
    read: () => (place.readable ? place.text : undefined),
    write(next: string) {
      place.writes++;
      if (place.writable && place.readable) place.text = next;
    },
  };
  const newPage = () => {
    const keeper = { identityStore: store, newId: () => `visitor-${++ids}` };
    return {
      get: () => identityOf(keeper),
      set: (identity: Identity) => setIdentity(keeper, identity),
      heard: (text: string | null) => hearIdentity(keeper, text),
    };
  };
  return { place, newPage };
}

describe("the visitor", () => {
  test("is made on first use, not before, and kept", () => {
    const { place, newPage } = storage();
    const keeper = newPage();
    expect(place.text).toBeNull();

    expect(keeper.get()).toEqual({ anonymousId: "visitor-1" });
    expect(keeper.get()).toEqual({ anonymousId: "visitor-1" });
    expect(newPage().get(), "on the next page").toEqual({ anonymousId: "visitor-1" });
    expect(place.writes).toBe(1);
  });

  test.each([
    "",
    "null",
    "[]",
    "{}",
    '{"anonymousId":""}',
    '{"anonymousId":5}',
    '{"anonymousId":"v","userId":""}',
    '{"anonymousId":"v","pushToken":{}}',
    '{"anonymousId":"v","pushToken":null}',
    '{"anonymousId":"v","said":[{"userId":"ada"}]}',
    '{"anonymousId":"v","said":[{"address":"t"}]}',
    '{"anonymousId":"v","said":{}}',
    `{"anonymousId":"${"v".repeat(129)}"}`,
    '{"anonymousId":"v"',
  ])("is made anew where %j is stored", (text) => {
    const { place, newPage } = storage(text);

    expect(newPage().get()).toEqual({ anonymousId: "visitor-1" });
    expect(place.text).toBe('{"anonymousId":"visitor-1"}');
  });
});

describe("several pages", () => {
  test("know at once what one of them was told", () => {
    const { newPage } = storage();
    const [one, two] = [newPage(), newPage()];
    one.get();

    two.set({ ...two.get(), userId: "ada" });

    expect(one.get().userId).toBe("ada");
  });

  test("what is spoilt is put back", () => {
    const { place, newPage } = storage();
    const keeper = newPage();
    keeper.set({ ...keeper.get(), userId: "ada" });

    place.text = "spoilt";
    expect(keeper.get()).toEqual({ anonymousId: "visitor-1", userId: "ada" });
    expect(newPage().get(), "and it is stored again").toEqual(keeper.get());
  });

  test("whoever empties the storage is a new visitor, of whom nothing old is known", () => {
    const { place, newPage } = storage();
    const keeper = newPage();
    keeper.set({ ...keeper.get(), userId: "ada" });

    place.text = null;
    expect(keeper.get()).toEqual({ anonymousId: "visitor-2" });
    expect(place.text).toBe('{"anonymousId":"visitor-2"}');
  });

  test("who does not want notifications does not want them where the storage was emptied either", () => {
    const { place, newPage } = storage();
    const keeper = newPage();
    keeper.set({ ...keeper.get(), userId: "ada", denied: true });

    place.text = null;
    expect(keeper.get()).toEqual({ anonymousId: "visitor-2", denied: true });
  });

  test("an opt-out outlives an emptied storage, and nothing else of the user does", () => {
    const { place, newPage } = storage();
    const keeper = newPage();
    keeper.set({ anonymousId: "", optedOut: true });

    place.text = null;
    expect(keeper.get().optedOut).toBe(true);
    expect(place.text).toBe(' {"optedOut":true}');
  });

  test("of an opt-out that an earlier version stored, the ids are forgotten", () => {
    const { newPage } = storage('{"anonymousId":"v","userId":"ada","promoted":true,"optedOut":true}');

    expect(newPage().get()).toEqual({ anonymousId: "", optedOut: true });
  });
});

describe("what another page is heard to have stored", () => {
  /** A page that knows its user, over a storage that was emptied meanwhile. */
  function emptied() {
    const { place, newPage } = storage();
    const keeper = newPage();
    keeper.set({ ...keeper.get(), userId: "ada" });
    place.text = null;
    return { place, keeper };
  }

  test("counts where the storage was emptied, if it is an opt-out", () => {
    const { keeper } = emptied();
    keeper.heard('{"optedOut":true}');

    expect(keeper.get().optedOut).toBe(true);
  });

  test("counts where an opt-out was only put back: another page has said more since", () => {
    const { place, newPage } = storage();
    const keeper = newPage();
    keeper.set({ anonymousId: "", optedOut: true });
    place.text = null;
    keeper.get();
    keeper.heard('{"anonymousId":"visitor-9"}');

    expect(keeper.get()).toEqual({ anonymousId: "visitor-9" });
  });

  test("counts for nothing when it was only put back, or says nothing", () => {
    const { place, keeper } = emptied();
    for (const text of ['{"anonymousId":"visitor-9"}', ' {"optedOut":true}', "spoilt", null]) {
      keeper.heard(text);
      expect(place.text).toBeNull();
    }

    expect(keeper.get()).toEqual({ anonymousId: "visitor-2" });
  });
});

describe("without a working storage", () => {
  test("where nothing can be stored the identity lives as long as the page", () => {
    const { place, newPage } = storage();
    place.readable = false;
    const keeper = newPage();

    keeper.set({ ...keeper.get(), userId: "ada" });

    expect(keeper.get()).toEqual({ anonymousId: "visitor-1", userId: "ada" });
  });

  test("what could not be written is not undone by what is there", () => {
    const { place, newPage } = storage();
    const keeper = newPage();
    keeper.set({ ...keeper.get(), userId: "ada" });
    place.writable = false;

    keeper.set({ anonymousId: "visitor-9" });

    expect(keeper.get()).toEqual({ anonymousId: "visitor-9" });
    expect(keeper.get(), "and stays so").toEqual({ anonymousId: "visitor-9" });
  });

  test("a storage that goes away in between changes nothing", () => {
    const { place, newPage } = storage();
    const keeper = newPage();
    keeper.set({ ...keeper.get(), userId: "ada" });

    const { writes } = place;
    place.readable = false;
    expect(keeper.get().userId).toBe("ada");
    expect(() => keeper.heard('{"anonymousId":"v"}')).not.toThrow();
    expect(keeper.get().userId, "and nothing is said in its absence").toBe("ada");
    expect(place.writes).toBe(writes);
    place.readable = true;
    expect(keeper.get().userId).toBe("ada");
  });

  test("what was said in its absence counts once it is back", () => {
    const { place, newPage } = storage();
    const keeper = newPage();
    keeper.set({ ...keeper.get(), userId: "ada" });

    place.readable = false;
    keeper.set({ anonymousId: "", optedOut: true });
    place.readable = true;
    expect(keeper.get().optedOut).toBe(true);
    expect(newPage().get().optedOut, "on other pages, too").toBe(true);
  });
});

test("whatever is stored, reading it never throws, and what is accepted has a visitor", () => {
  const part = fc.jsonValue({ maxDepth: 2 });
  const near = fc.record(
    {
      anonymousId: fc.oneof(part, fc.constant("v")),
      userId: part,
      pushToken: part,
      said: part,
      optedOut: part,
    },
    { requiredKeys: ["anonymousId"] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        near.map((value) => JSON.stringify(value)),
        fc.json(),
        fc.string(),
      ),
      (text) => {
        const identity = parseIdentity(text);
        if (identity !== undefined && !identity.optedOut) expect(identity.anonymousId).toMatch(/./s);
      },
    ),
    { numRuns: 1000 },
  );
});
