/** The drivers that mutants run in. One serves all mutants of its SDK, case after case; a case that ends its process has its own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Case } from "../case.ts";
import { loadSubjects } from "../load.ts";
import { type ControlServer, startControlServer } from "../runner/control-server.ts";
import { runCase } from "../runner/run-case.ts";
import { startSubject, whyAbsent } from "../runner/start-subject.ts";
import type { SubjectProcess } from "../runner/subject-process.ts";
import type { Subject } from "../subject.ts";
import { buildSubject, conformance } from "./build.ts";
import type { SdkKind } from "./mutant.ts";
import type { Choice } from "./mutated-sdk.ts";

const RUNTIMES: Record<SdkKind, string> = {
  node: "node26",
  deno: "deno",
  edge: "workerd-development",
  browser: "chromium",
};

export interface Pool {
  /** Why the SDK cannot run on this machine. */
  absent(kind: SdkKind): Promise<string | undefined>;
  /** Resolves with what the case complains about. Without a mutant the SDK is as it is. */
  run(kind: SdkKind, theCase: Case, mutant: string | null): Promise<string[]>;
  close(): Promise<void>;
}

interface Lane {
  readonly subject: Promise<Subject>;
  driver?: SubjectProcess;
  /** Settles when the last case that was asked for is over. */
  last: Promise<unknown>;
}

export async function createPool(): Promise<Pool> {
  const built = await mkdtemp(join(tmpdir(), "whisperr-mutants-"));
  const control = await startControlServer();
  const subjects = new Map(loadSubjects(conformance).map((subject) => [subject.name, subject]));
  const lanes = new Map<SdkKind, Lane>();
  let runs = 0;

  function base(kind: SdkKind): Subject {
    const subject = subjects.get(RUNTIMES[kind]);
    if (!subject) throw new Error(`subjects/${RUNTIMES[kind]}.json is gone`);
    return subject;
  }

  function laneOf(kind: SdkKind): Lane {
    const lane = lanes.get(kind) ?? {
      subject: buildSubject(kind, base(kind), built),
      last: Promise.resolve(),
    };
    lanes.set(kind, lane);
    return lane;
  }

  return {
    absent: (kind) => whyAbsent(base(kind)),
    run(kind, theCase, mutant) {
      const lane = laneOf(kind);
      const chosen = choosing(theCase, { id: mutant, run: ++runs });
      if (theCase.needs?.includes("process-exit")) return runAlone(lane, chosen, control);
      const mine = lane.last.then(() => runShared(lane, chosen, control));
      lane.last = mine.catch(() => {});
      return mine;
    },
    async close() {
      await Promise.all([...lanes.values()].map(({ driver }) => driver?.stop()));
      await control.close();
      await rm(built, { recursive: true });
    },
  };
}

function choosing(theCase: Case, { id, run }: Choice): Case {
  const options = { ...theCase.client?.options, mutant: { id, run } };
  return { ...theCase, client: { ...theCase.client, options } };
}

/** A client that lives on would be the next case's trouble. */
const LASTING = /listeners are left after shutdown|after its deadline/;

async function runShared(lane: Lane, theCase: Case, control: ControlServer): Promise<string[]> {
  if (!lane.driver?.alive()) {
    await lane.driver?.stop();
    lane.driver = await startSubject(await lane.subject, conformance, control, "virtual");
  }
  const { problems } = await runCase(theCase, lane.driver, "virtual");
  if (problems.some((problem) => LASTING.test(problem))) await lane.driver.stop();
  return problems;
}

async function runAlone({ subject }: Lane, theCase: Case, control: ControlServer): Promise<string[]> {
  const driver = await startSubject(await subject, conformance, control, "real");
  try {
    return (await runCase(theCase, driver, "real")).problems;
  } finally {
    await driver.stop();
  }
}
