import type { IdentifyBody } from "../events/identify-body.ts";

/** Undefined or empty where the device does not say. */
export interface DeviceTraits {
  /** IANA name: `Europe/Vienna`. */
  readonly timezone?: string | undefined;
  /** BCP 47: `de-AT`. */
  readonly locale?: string | undefined;
}

/** Adds what the device knows of its user. The app's own values win, whatever it calls the time zone. */
export function addDeviceTraits(body: IdentifyBody, { timezone, locale }: DeviceTraits): void {
  const { traits = {} } = body;
  const hasZone = "time_zone" in traits || "tz" in traits;
  if (!timezone && !locale) return;
  body.traits = { ...(!hasZone && timezone && { timezone }), ...(locale && { locale }), ...traits };
}
