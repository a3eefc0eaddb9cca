/** What must hold whatever happens: the rules that cases, simulated worlds, browser scenarios and core's own tests share. */
export { imbalance, type Ledger, miscounted } from "./ledger.ts";
export { arrives, type Order, unbrokenOrder } from "./order.ts";
export { mistakenDrops } from "./reports.ts";
export {
  acknowledge,
  answerCameToNothing,
  changedBytes,
  type Key,
  noTraffic,
  type Operation,
  type Request,
  sentAgain,
  type Traffic,
} from "./traffic.ts";
