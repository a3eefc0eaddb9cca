/** A world of server processes, drawn from a seed. */
import { FIREWALLS } from "../api.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { seededRandom } from "../seeded-random.ts";
import { drawActions, drawTheme, type Theme } from "./actions.ts";
import type { HostSettings } from "./servers-world.ts";
import type { ServersScript } from "./simulate-servers.ts";

export function drawServers(seed: number): ServersScript {
  const random = seededRandom(seed);
  const theme = drawTheme(random);
  const hosts = Array.from({ length: random.between(1, 3) }, () => drawHost(random, theme));
  const settings = {
    seed,
    hosts,
    latencyMs: [1, random.pick([5, 80, 400])] as const,
    timerLagMs: random.pick([0, 0, 5, 200]),
    isDeaf: random.chance(0.2),
    tracksErrors: random.chance(0.2),
    maxEvents: random.chance(0.15) ? random.between(1, 60) : null,
    poison: random.pick(["reject_event", "reject_batch"] as const),
    ...(theme.hasFirewall && { firewall: random.pick(FIREWALLS) }),
  };
  return { settings, actions: drawActions(random, theme, random.between(20, 120)) };
}

function drawHost(random: SeededRandom, theme: Theme): HostSettings {
  const isDurable = random.chance(theme.storageFails ? 1 : 0.5);
  return {
    options: {
      flushAt: random.pick([1, 5, 20, 20]),
      flushIntervalMs: random.pick([0, 1000, 10_000, 10_000]),
      maxQueueSize: random.pick([10, 100, 1000, 10_000, 10_000]),
      maxBatchSize: random.pick([1, 10, 500, 500]),
      maxBatchBytes: random.pick([600, 20_000, 524_288]),
      maxRetries: random.pick([0, 1, 6, 6]),
      requestTimeoutMs: random.pick([500, 10_000]),
      backoff: random.pick([
        { baseMs: 1000, maxMs: 30_000 },
        { baseMs: 100, maxMs: 1000 },
      ]),
    },
    diskDelayMs: isDurable ? random.pick([0, 0, 3, 50]) : null,
    skewMs: theme.jumps ? random.pick([0, -90_000, 200_000]) : 0,
  };
}
