/** The ingestion process, and its control endpoints: read its figures, make it fail and recover. */
import { randomUUID } from "node:crypto";
import type { Counts } from "./counts.ts";
import type { ProcessGroup, RunningProcess } from "./processes.ts";
import type { ServerFigures } from "./reconcile.ts";
import { IDENTIFY } from "./traffic-plan.ts";

/** The part of the ingestion API's report that the demo reads. */
interface IngestionReport {
  readonly requests: number;
  readonly statuses: Counts;
  readonly storedByType: Counts;
  readonly duplicates: number;
  readonly rejected: number;
  readonly identifiedUsers: number;
}

/** The two ways the demo's ingestion API fails; it knows more, see its own documentation. */
export type Fault = { kind: "status"; status: number } | { kind: "accept-and-lose-answer" } | { kind: "ok" };

export interface IngestionControl {
  figures(): Promise<ServerFigures>;
  /** Every request from now on; null is healthy. */
  setDefault(fault: Fault | null): Promise<void>;
  /** The next requests, one fault each, before the default applies. */
  play(script: readonly Fault[]): Promise<void>;
}

export const OUTAGE_STATUS = 503;

export interface Ingestion extends RunningProcess {
  /** Of its control endpoints. */
  readonly controlUrl: string;
}

export async function startIngestion(group: ProcessGroup, args: readonly string[]): Promise<Ingestion> {
  const token = randomUUID();
  const env = { INGESTION_CONTROL_TOKEN: token };
  const started = await group.start("@whisperr/ingestion/src/main.ts", ["--port", "0", ...args], env);
  return { ...started, controlUrl: `${started.url}/_control/${token}` };
}

export function createIngestionControl(controlUrl: string): IngestionControl {
  async function call(path: string, init?: RequestInit): Promise<Response> {
    const response = await fetch(`${controlUrl}/${path}`, init);
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response;
  }
  async function post(path: string, body: unknown): Promise<void> {
    const headers = { "content-type": "application/json" };
    await (await call(path, { method: "POST", headers, body: JSON.stringify(body) })).arrayBuffer();
  }
  return {
    figures: async () => figuresOf((await (await call("report")).json()) as IngestionReport),
    setDefault: (fault) => post("default", fault),
    play: (script) => post("script", script),
  };
}

/** A customer signs in once, so the users an identify named are the identify calls that took effect. */
function figuresOf(report: IngestionReport): ServerFigures {
  return {
    stored: { ...report.storedByType, [IDENTIFY]: report.identifiedUsers },
    duplicates: report.duplicates,
    rejected: report.rejected,
    requests: report.requests,
    refused: report.statuses[OUTAGE_STATUS] ?? 0,
    lost: report.statuses.lost ?? 0,
  };
}
