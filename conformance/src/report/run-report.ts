/**
 * What a run was, as plain data: the one value that every report is made of, and what is stored as its JSON report. So it holds
 * what a stranger needs to follow it without the repository: each case as it was played, and the exchange of each that did not pass.
 */
import type { Outcome } from "../api/index.ts";
import type { Case } from "../case.ts";
import type { Verdict } from "../runner/results.ts";

export interface RunReport {
  /** The number changes when a reader written for the one before would no longer understand the file. */
  format: 1;
  /** The suite's version, and that of its control protocol. */
  suite: { version: string; protocol: 1 };
  /** ISO 8601, UTC. */
  startedAt: string;
  elapsedMs: number;
  /** In the order they were chosen; each result names one by its id. */
  cases: ReportedCase[];
  subjects: ReportedSubject[];
}

/** A case, completed with what its file says for all of its cases. */
export interface ReportedCase extends Case {
  /** Name of its file in `cases/`. */
  file: string;
  /** What all cases of that file are about. */
  about: string;
}

export interface ReportedSubject {
  name: string;
  title: string;
  capabilities: string[];
  /** Why the subject is not on this machine; then no case was run. */
  absent?: string;
  elapsedMs: number;
  /** One per case of the run, in the same order. */
  results: ReportedResult[];
}

export interface ReportedResult {
  /** Id of the case. */
  case: string;
  verdict: Verdict;
  /** What was wrong; for a case that was not run, why. */
  problems: string[];
  /** Why a known failure is known. */
  knownReason?: string;
  elapsedMs: number;
  /** What the API saw, in order; of cases that failed, as known or not. Empty otherwise. */
  exchange: ReportedRequest[];
  /** How many requests came after those of the exchange, which is bounded; absent when it is complete. */
  moreRequests?: number;
}

export interface ReportedRequest {
  /** 0 for the first request of the case. */
  index: number;
  /** Real time since the case began. */
  atMs: number;
  /** Real time until it was over; absent when it never was. */
  tookMs?: number;
  method: string;
  path: string;
  /** Names in lower case; values that carry the key are masked. */
  headers: Record<string, string>;
  /** The first 4,000 characters. */
  body: string;
  /** Of the whole body. */
  bodyBytes: number;
  outcome: Outcome;
  /** The status line that left, if one did. */
  status?: number;
  /** The first 4,000 characters of the body that was answered, also when only a part of it reached the SDK. */
  answer?: string;
  /** The header as it was answered. */
  retryAfter?: string;
  /** Another request was in flight when it arrived. */
  overlapping: boolean;
  /** Types of the events it carries, in order. */
  events: string[];
  /** The user it identifies. */
  identify?: string;
  /** Since the case began, by the clock the subject sees; absent for cases in real time. */
  virtualMs?: number;
}
