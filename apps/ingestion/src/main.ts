/** The mock ingestion API as a process of its own; `--help` lists the options. Stops cleanly on SIGTERM and SIGINT. */
import { Command, InvalidArgumentError } from "commander";
import { startLocalIngestion } from "./start.ts";

interface CommandLine {
  port: number;
  key: string[];
  latency: number;
  cors: boolean;
}

const command = new Command("ingestion")
  .description(
    "A local Whisperr ingestion API, as strict as the real one; prints its address, and that of its figures",
  )
  .option("--port <n>", "port to listen on; 0 picks a free one", wholeNumber, 0)
  .option("--key <keys...>", "keys that may ingest", ["wrk_test"])
  .option("--latency <ms>", "time each request waits before it is processed", wholeNumber, 0)
  .option("--cors", "answer browsers of every origin", false)
  .addHelpText(
    "after",
    "\nINGESTION_CONTROL_TOKEN is the secret part of the figures' address; made up without it.",
  )
  .parse();

const { port, key, latency, cors } = command.opts<CommandLine>();
const controlToken = process.env.INGESTION_CONTROL_TOKEN || undefined;
const ingestion = await startLocalIngestion({ port, keys: key, latencyMs: latency, cors, controlToken });
console.log(`ingestion API listening on ${ingestion.url}`);
console.log(`figures: ${ingestion.controlUrl}/report`);

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void ingestion.close());

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It must be a whole number, 0 or more.");
  return Number(text);
}
