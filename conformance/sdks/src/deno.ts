/** Entry for Deno. The SDK is loaded after the clock is faked, hence the dynamic import. */
import { driveDeno } from "@whisperr/conformance/drivers/deno-driver.ts";

await driveDeno(() => import("@whisperr/deno"));
