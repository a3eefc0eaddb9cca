import { afterEach, describe, expect, it, vi } from "vitest";
import { nowhere, type Storage } from "../storage/storage.ts";
import { currentPage, sessionAt } from "./context.ts";

const MINUTE_MS = 60_000;
const NOW_MS = Date.UTC(2026, 5, 14, 12);

/** A storage with a session in it, which counts how it is used. */
function storageWith(session?: string) {
  let stored = session ?? null;
  let hasRoom = true;
  const used = { reads: 0, writes: [] as string[] };
  const storage: Storage = {
    ...nowhere,
    get() {
      used.reads++;
      return stored;
    },
    set(_key, text) {
      if (!hasRoom) return false;
      used.writes.push(text);
      stored = text;
      return true;
    },
  };
  const limit = (room: boolean) => {
    hasRoom = room;
  };
  return { storage, used, limit, stored: () => stored };
}

/** The session of an event now, when `session` is what is stored. */
const after = (session?: string) => page(storageWith(session).storage, () => "new-id")(NOW_MS);

/** Says which session an event of a page belongs to. */
function page(storage: Storage, uuid: () => string) {
  const record = { storage, uuid, session: "" };
  return (nowMs: number) => sessionAt(record, nowMs);
}

function counted(storage: Storage) {
  let ids = 0;
  return page(storage, () => `id-${++ids}`);
}

describe("a session", () => {
  it("starts with the first event", () => {
    const { storage, stored } = storageWith();
    expect(page(storage, () => "new-id")(NOW_MS)).toBe("new-id");
    expect(stored()).toBe(`${NOW_MS}.new-id`);
  });

  it("goes on for less than 30 minutes without an event, and not for longer", () => {
    expect(after(`${NOW_MS - 30 * MINUTE_MS + 1}.old-id`)).toBe("old-id");
    expect(after(`${NOW_MS - 30 * MINUTE_MS}.old-id`)).toBe("new-id");
  });

  it("lasts for hours of activity", () => {
    const sessionAt = counted(storageWith().storage);
    for (let minute = 0; minute <= 600; minute += 20) {
      expect(sessionAt(NOW_MS + minute * MINUTE_MS)).toBe("id-1");
    }
  });

  it("outlives a clock that is set back a little, and ends with one that is set back far", () => {
    const back = (ms: number) => after(`${NOW_MS + ms}.old-id`);
    expect([back(5000), back(10 * MINUTE_MS), back(24 * 60 * MINUTE_MS)]).toEqual([
      "old-id",
      "old-id",
      "new-id",
    ]);
  });

  it.each(["", "old-id", ".", ".old-id", `${NOW_MS}`, `${NOW_MS}.`, "soon.old-id", "null"])(
    "starts anew when %j is what is stored",
    (stored) => expect(after(stored)).toBe("new-id"),
  );
});

describe("the session of tabs that share a storage", () => {
  it("is the same in each, and hardly ever read or written", () => {
    const { storage, used } = storageWith();
    const tabs = [page(storage, () => "one"), page(storage, () => "other")] as const;
    for (let second = 0; second < 60; second++) {
      for (const sessionAt of tabs) expect(sessionAt(NOW_MS + second * 1000)).toBe("one");
    }
    expect(used.reads).toBe(12);
    expect(used.writes).toHaveLength(12);
  });

  it("is the page's while there is no room for it, and the tabs' again after that", () => {
    const { storage, limit, stored } = storageWith();
    limit(false);
    const sessionAt = counted(storage);
    const at = (second: number) => sessionAt(NOW_MS + second * 1000);
    expect([at(0), at(1), at(15)]).toEqual(["id-1", "id-1", "id-1"]);
    limit(true);
    expect(at(30)).toBe("id-1");
    expect(stored()).toBe(`${NOW_MS + 30_000}.id-1`);
  });

  it("is the page's where nothing is stored", () => {
    const sessionAt = counted(nowhere);
    expect([sessionAt(NOW_MS), sessionAt(NOW_MS + 1000), sessionAt(NOW_MS + 40 * MINUTE_MS)]).toEqual([
      "id-1",
      "id-1",
      "id-2",
    ]);
  });
});

describe("the address of a page", () => {
  afterEach(() => void vi.unstubAllGlobals());

  function shown(href: string, referrer = "", withQuery = false) {
    const { protocol, pathname } = new URL(href);
    vi.stubGlobal("location", { href, protocol, pathname });
    vi.stubGlobal("document", { referrer, title: "" });
    return currentPage(withQuery);
  }

  it("holds no query, fragment, name or password, and neither does the one before it", () => {
    const page = shown("https://ada:pw@shop.test/reset?token=1#x", "https://ada@mail.test/a@b?q=/@#y");
    expect(page).toMatchObject({
      url: "https://shop.test/reset",
      path: "/reset",
      referrer: "https://mail.test/a@b",
    });
  });

  it("holds no name or password where the query is asked for", () => {
    expect(shown("https://ada:pw@shop.test?q=a@b", "", true).url).toBe("https://shop.test?q=a@b");
  });

  it("is without folders where the page is a file", () => {
    const page = shown("file:///home/ada/taxes/page.html?a=/b", "file:///home/ada/start.html", true);
    expect(page).toMatchObject({
      url: "file:///page.html?a=/b",
      path: "/page.html",
      referrer: "file:///start.html",
    });
  });

  it("is what it is everywhere else", () => {
    expect(shown("https://shop.test/a/b/c")).toMatchObject({
      url: "https://shop.test/a/b/c",
      path: "/a/b/c",
    });
  });
});
