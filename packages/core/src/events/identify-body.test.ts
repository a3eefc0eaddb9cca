import { describe, expect, test } from "vitest";
import { channel } from "./channel.ts";
import { identifyBody } from "./identify-body.ts";
import { Refusal } from "./refusal.ts";

const body = (options?: unknown) => JSON.parse(identifyBody("user_8842", options)) as Record<string, unknown>;

function refusal(options: unknown): Refusal {
  try {
    identifyBody("user_8842", options);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("was not refused");
}

describe("what is empty is left out", () => {
  const onlyTheUser = { external_user_id: "user_8842" };

  test.each<[string, unknown]>([
    ["no options", undefined],
    ["null", null],
    ["an empty object", {}],
    ["empty traits", { traits: {} }],
    ["traits without any value that JSON knows", { traits: { plan: undefined } }],
    ["null traits", { traits: null }],
    ["no channels", { channels: [] }],
    [
      "null for everything",
      { email: null, phone: null, pushToken: null, channels: null, preferredChannel: null },
    ],
    ["blank shortcuts", { email: "", phone: "  ", pushToken: "" }],
  ])("%s", (_name, options) => {
    expect(body(options)).toEqual(onlyTheUser);
  });
});

test("the whole body is exactly these bytes", () => {
  const text = identifyBody("user_8842", {
    traits: { plan: "pro" },
    preferredChannel: "email",
    channels: [channel.email("ada@example.com", { verified: false })],
  });

  expect(text).toBe(
    '{"external_user_id":"user_8842","traits":{"plan":"pro"},"preferred_channel":"email",' +
      '"channels":[{"channel":"email","address":"ada@example.com","opted_in":true,"verified":false}]}',
  );
});

describe("channels", () => {
  test("the three shortcuts are opted in", () => {
    expect(body({ email: "ada@example.com", phone: "+15550100", pushToken: "tok_1" }).channels).toEqual([
      { channel: "email", address: "ada@example.com", opted_in: true },
      { channel: "sms", address: "+15550100", opted_in: true },
      { channel: "push", address: "tok_1", opted_in: true },
    ]);
  });

  test("explicit ones replace the shortcuts", () => {
    expect(body({ email: "old@example.com", channels: [channel.sms("+15550100")] }).channels).toEqual([
      { channel: "sms", address: "+15550100", opted_in: true },
    ]);
  });

  test("explicit ones replace the shortcuts even when there are none", () => {
    expect(body({ email: "old@example.com", channels: [] })).not.toHaveProperty("channels");
  });

  test("opted_in is always sent, verified only when given", () => {
    expect(
      body({ channels: [channel.email("a@example.com", { optedIn: false, verified: true })] }).channels,
    ).toEqual([{ channel: "email", address: "a@example.com", opted_in: false, verified: true }]);
  });

  test("push says what it is, as far as the app said so", () => {
    const settings = { kind: "apns", platform: "ios", pushEnv: "sandbox" } as const;

    expect(body({ channels: [channel.push("tok_1", settings), channel.push("tok_2")] }).channels).toEqual([
      {
        channel: "push",
        address: "tok_1",
        opted_in: true,
        kind: "apns",
        platform: "ios",
        push_env: "sandbox",
      },
      { channel: "push", address: "tok_2", opted_in: true },
    ]);
  });

  test.each([
    { kind: "fcm", platform: "android", pushEnv: "production" },
    { kind: "expo", platform: "web", pushEnv: "sandbox" },
  ] as const)("push may be %j", ({ kind, platform, pushEnv }) => {
    expect(body({ channels: [channel.push("tok_1", { kind, platform, pushEnv })] }).channels).toEqual([
      { channel: "push", address: "tok_1", opted_in: true, kind, platform, push_env: pushEnv },
    ]);
  });

  test("what only push has is left out elsewhere: the server would refuse the field", () => {
    expect(body({ channels: [{ type: "email", address: "a@example.com", kind: "apns" }] }).channels).toEqual([
      { channel: "email", address: "a@example.com", opted_in: true },
    ]);
  });

  test("fields the contract does not know are not sent", () => {
    const [sent] = body({ channels: [{ type: "sms", address: "1", colour: "red" }] }).channels as object[];

    expect(sent).toEqual({ channel: "sms", address: "1", opted_in: true });
  });
});

describe("what is not usable is refused, by name", () => {
  test.each<[unknown, string, string]>([
    [
      "ada@example.com",
      "invalid_traits",
      "identify's second argument must be an object like { email, traits } (got text)",
    ],
    [[], "invalid_traits", "second argument"],
    [7, "invalid_traits", "second argument"],
    [{ traits: [] }, "invalid_traits", "traits must be a plain JSON object (got an array)"],
    [{ traits: "pro" }, "invalid_traits", "traits must be a plain JSON object (got text)"],
    [{ traits: new Date(0) }, "invalid_traits", "traits"],
    [{ email: 7 }, "invalid_channels", "address of email must be text"],
    [{ phone: {} }, "invalid_channels", "address of phone must be text"],
    [{ pushToken: true }, "invalid_channels", "address of pushToken must be text"],
    [{ channels: {} }, "invalid_channels", "channels must be an array"],
    [{ channels: [null] }, "invalid_channels", "address of channels[0] must be text"],
    [
      { channels: [{ address: "1" }] },
      "invalid_channels",
      "type of channels[0] must be email or sms or push",
    ],
    [
      { channels: [{ type: "fax", address: "1" }] },
      "invalid_channels",
      "type of channels[0] must be email or sms or push",
    ],
    [{ channels: [{ type: "sms" }] }, "invalid_channels", "address of channels[0] must be text"],
    [{ channels: [{ type: "sms", address: " " }] }, "invalid_channels", "address of channels[0]"],
    [
      { channels: [{ type: "sms", address: "1", optedIn: "yes" }] },
      "invalid_channels",
      "optedIn of channels[0] must be true or false",
    ],
    [
      { channels: [{ type: "sms", address: "1", verified: 1 }] },
      "invalid_channels",
      "verified of channels[0] must be true or false",
    ],
    [
      { channels: [{ type: "push", address: "1", kind: "x" }] },
      "invalid_channels",
      "kind of channels[0] must be apns or fcm or expo",
    ],
    [
      { channels: [{ type: "push", address: "1", platform: "tv" }] },
      "invalid_channels",
      "platform of channels[0] must be ios",
    ],
    [
      { channels: [{ type: "push", address: "1", pushEnv: "beta" }] },
      "invalid_channels",
      "pushEnv of channels[0] must be sandbox",
    ],
    [{ channels: [channel.sms("1"), { type: "sms" }] }, "invalid_channels", "address of channels[1]"],
    [{ preferredChannel: "fax" }, "invalid_channels", "preferredChannel must be email or sms or push"],
  ])("%j", (options, reason, message) => {
    expect(refusal(options).reason).toBe(reason);
    expect(refusal(options).message).toContain(message);
  });
});

test("options may be an instance whose values are behind getters", () => {
  class Profile {
    get email() {
      return "ada@example.com";
    }
    get preferredChannel() {
      return "email";
    }
  }

  expect(body(new Profile())).toEqual({
    external_user_id: "user_8842",
    preferred_channel: "email",
    channels: [{ channel: "email", address: "ada@example.com", opted_in: true }],
  });
});

test("a preferred channel needs no address", () => {
  expect(body({ preferredChannel: "push" })).toEqual({
    external_user_id: "user_8842",
    preferred_channel: "push",
  });
});

test("traits take the same values as properties", () => {
  expect(body({ traits: { big: 7n, bigger: 2n ** 64n, never: new Date(Number.NaN) } }).traits).toEqual({
    big: 7,
    bigger: "18446744073709551616",
    never: null,
  });
});

test("what makes no sense costs itself, and is said: the rest is sent", () => {
  const said: unknown[] = [];
  const rules = { options: {}, warn: (...all: unknown[]) => void said.push(all.slice(1)) };
  const parts = { traits: { plan: "pro" }, preferredChannel: "fax", channels: [{}, channel.sms("1"), null] };

  expect(JSON.parse(identifyBody("user_8842", parts, rules))).toEqual({
    external_user_id: "user_8842",
    traits: { plan: "pro" },
    channels: [{ channel: "sms", address: "1", opted_in: true }],
  });
  expect(said).toEqual([
    [expect.stringContaining("goes without this: preferredChannel must be email"), "invalid_channels"],
    [expect.stringContaining("address of channels[0] must be"), "invalid_channels"],
    [expect.stringContaining("address of channels[2] must be"), "invalid_channels"],
  ]);
  expect(identifyBody("user_8842", { email: 7, phone: "1" }, rules)).toContain('"sms"');
  expect(identifyBody("user_8842", { email: 7, traits: { plan: "pro" } }, rules)).toContain('"pro"');
  expect(identifyBody("user_8842", { email: 7, preferredChannel: "sms" }, rules)).toContain('"sms"');
  expect(() => identifyBody("user_8842", { email: 7, traits: {} }, rules)).toThrow(Refusal);
});

test("a consent that is written as it travels is refused, not taken for given", () => {
  const email = { type: "email", address: "ada@example.com", opted_in: false };
  expect(() => identifyBody("user_8842", { channels: [email] })).toThrow(
    "opted_in of channels[0] must be written optedIn",
  );
});

test("a name that a channel does not have is said", () => {
  const said: unknown[] = [];
  const rules = { options: {}, warn: (...all: unknown[]) => void said.push(all[1]) };
  const channels = [{ type: "sms", address: "1", verfied: true }];
  expect(identifyBody("user_8842", { channels }, rules)).not.toContain("verfied");
  expect(said).toEqual(['channels[0] has no option "verfied": write verified.']);
});

test("names that identify() does not take cost nothing, whatever reading them does", () => {
  const getter = {
    traits: { plan: "pro" },
    get colour(): never {
      throw new Error("of the app");
    },
  };
  const rules = { options: {}, warn() {} };
  expect(identifyBody("user_8842", getter, rules)).toContain('"pro"');
});
