/** As `browser.ts`, for the entry that leaves out what not every page needs. */
import { channel, createWhisperr, type SlimOptions } from "@whisperr/browser/slim";
import { drivePage } from "@whisperr/conformance/drivers/browser-driver.ts";
import { lendSdk } from "@whisperr/conformance/drivers/other-page.ts";
import { installVirtualTime } from "@whisperr/conformance/drivers/virtual-time.ts";

type DriverOptions = SlimOptions & { autoContext?: false; pageViews?: false; traitsFromDevice?: false };

const sdk = {
  channel,
  /** Cases turn off what only the main entry does by itself. */
  createWhisperr({ autoContext: _, pageViews: __, traitsFromDevice: ___, ...options }: DriverOptions) {
    return createWhisperr(options);
  },
};
if (frameElement === null) void drivePage(sdk, installVirtualTime());
else lendSdk(sdk);
