/** Starts workerd with the Worker whose file is the first argument, and makes the one request that its driver lives in. */
import { Miniflare } from "miniflare";

const [file = "", control = ""] = process.argv.slice(2);
const miniflare = new Miniflare({
  modules: [{ type: "ESModule", path: file }],
  modulesRoot: "/",
  compatibilityDate: "2026-07-01",
  // For the driver, which follows its incoming requests.
  compatibilityFlags: ["nodejs_als"],
});
await miniflare.dispatchFetch(`http://driver/?control=${encodeURIComponent(control)}`);
await miniflare.dispose();
