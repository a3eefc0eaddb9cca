/** What the device says about its user (contract, section 3): no value, no key; never a guess. */

import { attempt, type DeviceTraits } from "@whisperr/core";

export function deviceTraits(): DeviceTraits {
  return {
    timezone: timezone(),
    // WebKit on a system without a language says "C".
    locale: /^\w{2,}/.test(navigator.language) ? navigator.language : undefined,
  };
}

function timezone(): string | undefined {
  // On a system with a broken time zone some throw, and no identify() may be lost for that.
  const timeZone = attempt(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  // What engines answer when they do not know.
  return timeZone === "Etc/Unknown" ? undefined : timeZone;
}

/** Do Not Track, or Global Privacy Control. */
export function asksNotToBeTracked(): boolean {
  const { doNotTrack, globalPrivacyControl } = navigator as {
    doNotTrack?: unknown;
    globalPrivacyControl?: unknown;
  };
  return doNotTrack === "1" || globalPrivacyControl === true;
}
