/** Entry for workerd: starts it with the driver's Worker, of the build that is named, and makes the one request that the driver lives in. */
import { join } from "node:path";
import { Miniflare } from "miniflare";

const [worker = "", control = ""] = process.argv.slice(2);
const miniflare = new Miniflare({
  modules: [{ type: "ESModule", path: join(import.meta.dirname, worker) }],
  modulesRoot: import.meta.dirname,
  compatibilityDate: "2026-07-01",
  // For the driver, which follows its incoming requests.
  compatibilityFlags: ["nodejs_als"],
});
await miniflare.dispatchFetch(`http://driver/?control=${encodeURIComponent(control)}`);
await miniflare.dispose();
