/** Shows what is going on: a bar on a terminal, a line every second anywhere else (CI logs, a pipe). */
import { Presets, SingleBar } from "cli-progress";

export interface Snapshot {
  readonly answered: number;
  readonly queued: number;
  readonly stored: number;
}

export interface Progress {
  /** What happens from now on, in a few words. */
  phase(words: string): void;
  update(snapshot: Snapshot): void;
  stop(): void;
}

export function createProgress(totalRequests: number, output: NodeJS.WriteStream): Progress {
  return output.isTTY ? barProgress(totalRequests, output) : lineProgress(totalRequests, output);
}

function barProgress(totalRequests: number, output: NodeJS.WriteStream): Progress {
  const format = "{bar} {value}/{total} requests │ {queued} queued │ {stored} stored │ {phase}";
  const bar = new SingleBar(
    { format, stream: output, hideCursor: true, barsize: 16 },
    Presets.shades_classic,
  );
  bar.start(totalRequests, 0, { phase: "", queued: 0, stored: 0 });
  return {
    phase: (words) => bar.update({ phase: words }),
    update: ({ answered, queued, stored }) => bar.update(answered, { queued, stored }),
    stop: () => bar.stop(),
  };
}

const LINE_INTERVAL_MS = 1_000;

function lineProgress(totalRequests: number, output: NodeJS.WriteStream): Progress {
  let lastLineMs = performance.now();
  return {
    phase: (words) => output.write(`${words}\n`),
    update({ answered, queued, stored }) {
      if (performance.now() - lastLineMs < LINE_INTERVAL_MS) return;
      lastLineMs = performance.now();
      output.write(`  ${answered}/${totalRequests} requests, ${queued} queued, ${stored} stored\n`);
    },
    stop() {},
  };
}
