import { afterEach, describe, expect, it, vi } from "vitest";
import { deviceTraits } from "./device-traits.ts";

function device(timeZone: string | undefined, language: string | undefined): void {
  vi.stubGlobal("navigator", { language });
  const resolvedOptions = new Intl.DateTimeFormat().resolvedOptions();
  const known = { ...resolvedOptions, timeZone: timeZone as string };
  vi.spyOn(Intl.DateTimeFormat.prototype, "resolvedOptions").mockReturnValue(known);
}

/** As they travel. */
const sent = () => JSON.parse(JSON.stringify(deviceTraits())) as unknown;

describe("the traits of a device", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it("are its time zone and its language", () => {
    device("Europe/Vienna", "de-AT");
    expect(sent()).toEqual({ timezone: "Europe/Vienna", locale: "de-AT" });
  });

  it("have no key for what the device does not know", () => {
    device(undefined, undefined);
    expect(sent()).toEqual({});
    device("Etc/Unknown", "en");
    expect(sent()).toEqual({ locale: "en" });
    device("Etc/Unknown", "C");
    expect(sent()).toEqual({});
  });

  it("are fewer where the time zone of the system is broken", () => {
    device("Europe/Vienna", "de-AT");
    vi.spyOn(Intl.DateTimeFormat.prototype, "resolvedOptions").mockImplementation(() => {
      throw new RangeError("invalid time zone");
    });
    expect(sent()).toEqual({ locale: "de-AT" });
  });
});
