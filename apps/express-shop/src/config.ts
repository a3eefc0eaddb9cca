/** Settings come from the environment; the flags are for starting the shop by hand or from the demo. */
import { parseArgs } from "node:util";

export interface ShopConfig {
  /** 0 lets the system choose; the shop prints the address it got. */
  readonly port: number;
  /** Undefined means Whisperr's own; set it for a self-hosted or a local ingestion API. */
  readonly whisperrBaseUrl: string | undefined;
  /** Count calls per event type as well; the demo reconciles them with what the server stored. */
  readonly ledger: boolean;
}

export function readConfig(args: string[], env: NodeJS.ProcessEnv): ShopConfig {
  const { values } = parseArgs({
    args,
    options: { port: { type: "string" }, ledger: { type: "boolean", default: false } },
  });
  const port = Number(values.port ?? env.PORT ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`port must be a whole number from 0 to 65535, got ${values.port ?? env.PORT}`);
  }
  return { port, whisperrBaseUrl: env.WHISPERR_BASE_URL, ledger: values.ledger };
}
