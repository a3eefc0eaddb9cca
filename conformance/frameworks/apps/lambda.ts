/** A sandbox of Lambda: a handler is called for each line, `{ event, remainingMs }`, and its answer is printed. */
import { createInterface } from "node:readline";
import { type LambdaContext, type WithWhisperr, withWhisperr } from "@whisperr/node/lambda";
import { createInvoice, whisperr } from "./shop.ts";

interface HttpEvent {
  readonly n: number;
  readonly fails?: boolean;
  readonly requestContext?: {
    readonly authorizer: { readonly jwt: { readonly claims: { readonly sub: string } } };
  };
}

const handler = withWhisperr(
  async (event: HttpEvent, context: LambdaContext & WithWhisperr) => {
    context.whisperr.track("order_placed", { n: event.n });
    await createInvoice(event.n);
    if (event.fails) throw new Error("out of stock");
    return "ordered";
  },
  { whisperr, timeoutMs: Number(process.env.TIMEOUT_MS) },
);

for await (const line of createInterface(process.stdin)) {
  const { event, remainingMs } = JSON.parse(line) as { event: HttpEvent; remainingMs: number };
  const fromMs = performance.now();
  const context = { getRemainingTimeInMillis: () => remainingMs - (performance.now() - fromMs) };
  const answer = await handler(event, context).catch((error: Error) => error.message);
  console.log(`answer ${event.n} ${JSON.stringify({ answer, stats: whisperr.stats() })}`);
}
