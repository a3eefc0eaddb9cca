/** For load balancers and for whoever is on call. `whisperr.stats()` belongs on a dashboard like any queue. */
import { Router } from "express";
import type { ErrorLog } from "../error-log.ts";
import type { Ledger } from "../ledger.ts";
import type { ShopWhisperr } from "../whisperr.ts";

export interface Operations {
  readonly errors: ErrorLog;
  /** Only when main.ts was started with --ledger; see ledger.ts. */
  readonly ledger?: Ledger;
}

/** What `GET /_stats` answers, and what the shop prints as its last line. */
export interface ShopReport {
  readonly whisperr: ReturnType<ShopWhisperr["stats"]>;
  readonly errors: ReturnType<ErrorLog["summary"]>;
  readonly ledger?: ReturnType<Ledger["report"]>;
}

export function shopReport(whisperr: ShopWhisperr, { errors, ledger }: Operations): ShopReport {
  return {
    whisperr: whisperr.stats(),
    errors: errors.summary(),
    ...(ledger && { ledger: ledger.report() }),
  };
}

export function operationsRoutes(whisperr: ShopWhisperr, operations: Operations): Router {
  const router = Router();
  router.get("/healthz", (_req, res) => {
    // Deliberately does not look at Whisperr: analytics being late is no reason to take the shop out of service.
    res.json({ ok: true });
  });
  router.get("/_stats", (_req, res) => {
    res.json(shopReport(whisperr, operations));
  });
  return router;
}
