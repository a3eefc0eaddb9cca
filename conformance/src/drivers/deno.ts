/** Entry for Deno. The SDK is loaded after the clock is faked, hence the dynamic import. */
import { driveDeno } from "./deno-driver.ts";

await driveDeno(() => import("@whisperr/deno"));
