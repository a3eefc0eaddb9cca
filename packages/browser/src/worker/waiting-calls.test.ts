import { describe, expect, test } from "vitest";
import { copied } from "./waiting-calls.ts";

describe("what an app gives before the worker knows its user", () => {
  test("is as it was then, whatever the app does to it", () => {
    const given = { plan: "pro", items: [{ sku: "a" }] };
    const kept = copied(given);
    given.items[0] = { sku: "b" };
    given.items.push({ sku: "c" });
    given.plan = "free";
    expect(kept).toEqual({ plan: "pro", items: [{ sku: "a" }] });
  });

  test("Maps and Sets, too, and what is in them", () => {
    const item = { sku: "a" };
    const given = { lines: new Map([["a", item]]), tags: new Set<unknown>([item]) };
    given.tags.add(given.tags);
    const kept = copied(given);
    item.sku = "b";
    given.lines.clear();
    given.tags.add("late");
    expect(kept.lines).toEqual(new Map([["a", { sku: "a" }]]));
    expect([...kept.tags]).toEqual([{ sku: "a" }, kept.tags]);
  });

  test("keeps what has an opinion of its own on how it is written", () => {
    const date = new Date(0);
    const money = { toJSON: () => "4,900" };
    class Cart {}
    const cart = new Cart();
    const kept = copied({ date, money, cart, count: 10n });
    expect(kept.date).toBe(date);
    expect(kept.money).toBe(money);
    expect(kept.cart).toBe(cart);
    expect(kept.count).toBe(10n);
  });

  test("may be a circle, and names of any kind", () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const kept = copied(circle);
    expect(kept.self).toBe(kept);
    const odd = copied(JSON.parse('{"__proto__": {"admin": true}}') as object);
    expect(Object.keys(odd)).toEqual(["__proto__"]);
    expect((odd as { admin?: boolean }).admin).toBeUndefined();
  });
});
