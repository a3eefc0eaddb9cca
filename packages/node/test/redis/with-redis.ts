/** Tests that need a Redis: reported as not run where there is none. */
import { test } from "vitest";
import { REDIS } from "./server.ts";

const NOT_RUN = "not run: there is no redis-server or valkey-server here (apt-get install redis-server)";

/** On CI it must be there. */
export function testWithRedis(name: string, run: () => Promise<void>): void {
  test(name, async ({ skip }) => {
    if (REDIS === undefined && process.env.CI) throw new Error(NOT_RUN);
    if (REDIS === undefined) skip(NOT_RUN);
    await run();
  });
}
