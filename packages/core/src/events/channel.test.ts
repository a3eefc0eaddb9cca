import { expect, test } from "vitest";
import { channel } from "./channel.ts";

test("each constructor gives the public shape of its channel", () => {
  expect([
    channel.email("ada@example.com", { optedIn: false, verified: true }),
    channel.sms("+15550100"),
    channel.push("tok_1", { kind: "fcm", platform: "android" }),
  ]).toEqual([
    { type: "email", address: "ada@example.com", optedIn: false, verified: true },
    { type: "sms", address: "+15550100" },
    { type: "push", address: "tok_1", kind: "fcm", platform: "android" },
  ]);
});

test("settings cannot replace what the constructor says", () => {
  const settings = { type: "sms", address: "elsewhere", verified: true };

  expect(channel.email("ada@example.com", settings)).toEqual({
    type: "email",
    address: "ada@example.com",
    verified: true,
  });
});
