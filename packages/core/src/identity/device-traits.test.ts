import { describe, expect, test } from "vitest";
import { addDeviceTraits, type DeviceTraits } from "./device-traits.ts";

const DEVICE = { timezone: "Europe/Berlin", locale: "de-DE" };

function traits(given: Record<string, unknown> | undefined, device: DeviceTraits = DEVICE) {
  const body = { external_user_id: "ada", ...(given && { traits: given }) };
  addDeviceTraits(body, device);
  return JSON.parse(JSON.stringify(body)) as object;
}

describe("traits from the device", () => {
  test("are added where the app gives none", () => {
    expect(traits({ plan: "pro" })).toEqual({ external_user_id: "ada", traits: { plan: "pro", ...DEVICE } });
    expect(traits(undefined)).toEqual({ external_user_id: "ada", traits: DEVICE });
  });

  test.each(["timezone", "time_zone", "tz"])("the app's own %s counts as given", (name) => {
    expect(traits({ [name]: "UTC" })).toMatchObject({ traits: { [name]: "UTC", locale: "de-DE" } });
    expect(traits({ [name]: "UTC" }, { timezone: "Europe/Berlin" })).toEqual({
      external_user_id: "ada",
      traits: { [name]: "UTC" },
    });
  });

  test("the app's own locale wins, even when it is empty", () => {
    expect(traits({ locale: null })).toMatchObject({ traits: { locale: null } });
  });

  test("are added one by one", () => {
    expect(traits({ plan: "pro" }, { locale: "de-DE" })).toMatchObject({
      traits: { plan: "pro", locale: "de-DE" },
    });
    expect(traits(undefined, { timezone: "UTC" })).toMatchObject({ traits: { timezone: "UTC" } });
  });

  test("no value, no key; and no traits where there is none", () => {
    expect(traits(undefined, { timezone: undefined, locale: "" })).toEqual({ external_user_id: "ada" });
  });
});
