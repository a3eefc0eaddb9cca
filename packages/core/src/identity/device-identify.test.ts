import { describe, expect, test } from "vitest";
import { Refusal } from "../events/refusal.ts";
import { deviceIdentify, pushToken } from "./device-identify.ts";

const NOTHING = {};
const DEVICE = { timezone: "Europe/Berlin", locale: "de-DE" };
const UPDATE = {
  userId: "ada",
  channels: [{ channel: "push", address: "t1", opted_in: true }],
  registration: { userId: "ada", token: { address: "t1" }, optedIn: true },
};

const body = (given: unknown, device: Parameters<typeof deviceIdentify>[2] = NOTHING, visitor?: string) =>
  JSON.parse(deviceIdentify("ada", given, device).operation(visitor, undefined).body) as object;

describe("traits from the device", () => {
  test("are added where the app gives none", () => {
    expect(body({ traits: { plan: "pro" } }, DEVICE)).toEqual({
      external_user_id: "ada",
      traits: { plan: "pro", timezone: "Europe/Berlin", locale: "de-DE" },
    });
  });

  test.each(["timezone", "time_zone", "tz"])("the app's own %s counts as given", (name) => {
    expect(body({ traits: { [name]: "UTC" } }, DEVICE)).toMatchObject({
      traits: { [name]: "UTC", locale: "de-DE" },
    });
    expect(body({ traits: { [name]: "UTC" } }, { timezone: "Europe/Berlin" })).toEqual({
      external_user_id: "ada",
      traits: { [name]: "UTC" },
    });
  });

  test("the app's own locale wins, even when it is empty", () => {
    expect(body({ traits: { locale: null } }, DEVICE)).toMatchObject({ traits: { locale: null } });
  });

  test("no value, no key; and no traits where there is none", () => {
    expect(body(undefined, { timezone: undefined, locale: "" })).toEqual({ external_user_id: "ada" });
  });
});

describe("the operation", () => {
  test("names the visitor, in the body and in what its delivery means", () => {
    const operation = deviceIdentify("ada", undefined, NOTHING).operation("visitor-1", undefined);

    expect(JSON.parse(operation.body)).toEqual({ external_user_id: "ada", anonymous_id: "visitor-1" });
    expect(operation.means).toEqual({ anonymousId: "visitor-1" });
  });

  test("carries the news about the token behind the app's own channels", () => {
    const { operation } = deviceIdentify("ada", { email: "ada@example.com", pushToken: "t1" }, NOTHING);

    const { body, means } = operation(undefined, UPDATE);

    expect(JSON.parse(body)).toEqual({
      external_user_id: "ada",
      channels: [{ channel: "email", address: "ada@example.com", opted_in: true }, ...UPDATE.channels],
    });
    expect(means).toEqual({ push: UPDATE.registration });
  });

  test("a token that is no news is left out, and it is the device's all the same", () => {
    const made = deviceIdentify("ada", { pushToken: "t1" }, NOTHING);

    expect(made.token).toEqual({ address: "t1" });
    expect(JSON.parse(made.operation(undefined, undefined).body)).toEqual({ external_user_id: "ada" });
  });

  test("an explicit push channel is the device's token like the shortcut, with all that was said of it", () => {
    const channels = [{ type: "push", address: "t1", kind: "fcm", verified: true }];
    const made = deviceIdentify("ada", { channels }, NOTHING);

    expect(made.token).toEqual({ address: "t1", kind: "fcm" });
    expect(JSON.parse(made.operation(undefined, undefined).body)).toEqual({ external_user_id: "ada" });
    expect(JSON.parse(made.operation(undefined, UPDATE).body)).toMatchObject({
      channels: [{ channel: "push", address: "t1", opted_in: true, kind: "fcm", verified: true }],
    });
  });

  test.each([
    [
      "several",
      [
        { type: "push", address: "t1" },
        { type: "push", address: "t2" },
      ],
    ],
    ["one that is opted out", [{ type: "push", address: "t1", optedIn: false }]],
  ])("explicit channels, %s, are the app's business", (_what, channels) => {
    const made = deviceIdentify("ada", { channels }, NOTHING);

    expect(made.token).toBeUndefined();
    const { channels: sent } = JSON.parse(made.operation(undefined, undefined).body) as {
      channels: object[];
    };
    expect(sent).toHaveLength(channels.length);
  });

  test("explicit channels take the place of shortcuts: sent as they are, and not the device's token", () => {
    const channels = [{ type: "push", address: "other-phone", optedIn: false, kind: "apns" }];
    const made = deviceIdentify("ada", { channels, pushToken: "t1" }, NOTHING);

    expect(made.token).toBeUndefined();
    expect(JSON.parse(made.operation(undefined, undefined).body)).toEqual({
      external_user_id: "ada",
      channels: [{ channel: "push", address: "other-phone", opted_in: false, kind: "apns" }],
    });
  });

  test.each([undefined, null, {}])("%j is nothing beside the user", (given) => {
    expect(body(given)).toEqual({ external_user_id: "ada" });
  });

  test("a blank push token is none", () => {
    expect(deviceIdentify("ada", { pushToken: "  " }, NOTHING).token).toBeUndefined();
  });
});

describe("a push token and its settings", () => {
  test("are read as a channel's", () => {
    const settings = { kind: "apns", platform: "ios", pushEnv: "sandbox" };

    expect(pushToken("t1", settings)).toEqual({ address: "t1", ...settings });
    expect(pushToken("t1", undefined)).toEqual({ address: "t1" });
    expect(pushToken("t1", null)).toEqual({ address: "t1" });
  });

  test.each([
    ["an unknown kind", { kind: "sms" }],
    ["a BigInt", { platform: 1n }],
    [
      "a getter that throws",
      {
        get kind() {
          throw new Error("of the app");
        },
      },
    ],
  ])("%s is refused", (_what, settings) => {
    expect(pushToken("t1", settings)).toBeInstanceOf(Refusal);
  });

  test("that cannot be read say why", () => {
    const settings = {
      get kind() {
        throw new Error("of the app");
      },
    };

    expect(pushToken("t1", settings)).toMatchObject({ message: "a value cannot become JSON: of the app" });
  });

  test("settings cannot turn it into another channel", () => {
    expect(pushToken("t1", { type: "email", address: "ada@example.com" })).toEqual({ address: "t1" });
  });
});
