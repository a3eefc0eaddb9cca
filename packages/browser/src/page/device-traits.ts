/** What the device says about its user (contract, section 3): no value, no key; never a guess. */

import type { DeviceTraits } from "@whisperr/core";

export function deviceTraits(): DeviceTraits {
  return {
    timezone: timezone(),
    // WebKit on a system without a language says "C".
    locale: /^\w{2,}/.test(navigator.language) ? navigator.language : undefined,
  };
}

function timezone(): string | undefined {
  try {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    // What engines answer when they do not know.
    return timeZone === "Etc/Unknown" ? undefined : timeZone;
  } catch {
    // On a system with a broken time zone some throw, and no identify() may be lost for that.
    return undefined;
  }
}

/** Do Not Track, or Global Privacy Control. */
export function asksNotToBeTracked(): boolean {
  const { doNotTrack, globalPrivacyControl } = navigator as {
    doNotTrack?: unknown;
    globalPrivacyControl?: unknown;
  };
  return doNotTrack === "1" || globalPrivacyControl === true;
}
