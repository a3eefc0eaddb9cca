/** Mistakes about the queue: order, bounds, batches, what leaves it when (contract, section 5). */
import type { Defect } from "./defect.ts";
import { flushing, loop, memory, options, queueing, settlement, table, wire } from "./sources.ts";

export const queueDefects: readonly Defect[] = [
  {
    name: "removed-before-the-answer",
    breaks: "Takes operations out of the queue when they are sent, not when they are acknowledged.",
    edits: [
      loop(
        "const mine = transport(batch);",
        "const mine = transport(batch);\n    outbox.remove(0, batch.count);",
      ),
      settlement("outbox.remove(offset, count);", "if (!delivered) outbox.remove(offset, count);"),
    ],
    caughtBy: { "retry.statuses": /expected 7 requests, the API saw 1/ },
  },
  {
    name: "two-in-flight",
    breaks: "Sends what is queued once more when somebody flushes while a request is under way.",
    edits: [
      loop(
        'if (state.phase !== "sending" || request !== undefined) return;',
        'if (state.phase !== "sending") return;',
      ),
      table(
        "answered: (state, { outcome, random }, config)",
        "flushRequested: (state) => send(join(state)),\n    answered: (state, { outcome, random }, config)",
      ),
    ],
    caughtBy: { "order.one-in-flight": /step 11: number of requests: expected 1/ },
  },
  {
    name: "identify-overtakes",
    breaks: "Lets an identify go before the events that were queued first.",
    edits: [
      memory(
        "queue.push(operation);",
        'if (operation.kind === "identify") queue.splice(head, 0, operation);\n      else queue.push(operation);',
      ),
    ],
    caughtBy: { "order.identify-between-tracks": /"track user_1 e1" was not called after/ },
  },
  {
    name: "identify-overtaken",
    breaks: "Sends the events behind an identify in the batch before it.",
    edits: [
      memory(
        "queue.push(operation);",
        'const last = queue.length - 1;\n      if (last >= head && queue[last]?.kind === "identify") queue.splice(last, 0, operation);\n      else queue.push(operation);',
      ),
    ],
    caughtBy: { "order.identify-between-tracks": /was not called after/ },
  },
  {
    name: "failed-goes-to-the-back",
    breaks: "Puts what could not be delivered behind what is queued.",
    edits: [
      loop(
        "answer = received;\n    const outcome = classifyAnswer(received, count, ports.nowMs());",
        'answer = received;\n    const outcome = classifyAnswer(received, count, ports.nowMs());\n    for (let i = 0; i < count && outcome.kind === "retry"; i++) {\n      outbox.append(outbox.at(0) as Operation);\n      outbox.remove(0, 1);\n    }',
      ),
    ],
    caughtBy: { "order.kept-under-failures": /was not called after/ },
  },
  {
    name: "drops-the-newest",
    breaks: "Drops the newest operation when the queue is full.",
    edits: [
      queueing(
        "const offset = state.inFlight;\n  const sizing",
        "const offset = pending - count;\n  const sizing",
      ),
    ],
    caughtBy: { "limits.queue-full": /types\[0\]: expected "e2", got "e1"/ },
  },
  {
    name: "overflow-unreported",
    breaks: "Drops the oldest without a word to the app.",
    edits: [
      settlement(
        'return dropped("queue_full", count, droppedMessage("queue_full"), { messageIds: ids });',
        "return;",
      ),
    ],
    caughtBy: { "limits.queue-full": /errors: expected 2 items, got 1/ },
  },
  {
    name: "queue-unbounded",
    breaks: "Grows without limit.",
    edits: [queueing("if (count <= 0) return unchanged", "if (count < 1e9) return unchanged")],
    caughtBy: { "limits.queue-full": /stats\.pending: expected 3, got 4/ },
  },
  {
    name: "overflow-hits-what-is-in-flight",
    breaks: "Drops operations as too many that are arriving at that moment.",
    edits: [
      queueing("const offset = state.inFlight;\n  const sizing", "const offset = 0;\n  const sizing"),
      queueing(
        'return { state: left.state, effects: [{ type: "evict"',
        'const inFlight = Math.max(0, state.inFlight - count);\n  return { state: { ...left.state, inFlight }, effects: [{ type: "evict"',
      ),
    ],
    caughtBy: { "limits.queue-full-in-flight": /ledger: .*but the API acknowledged 8/ },
  },
  {
    name: "batch-above-500",
    breaks: "Sends as many events at once as the app allows, however many that is.",
    edits: [
      options(
        'Math.min(number("maxBatchSize", MAX_BATCH_SIZE, 1), MAX_BATCH_SIZE)',
        'number("maxBatchSize", MAX_BATCH_SIZE, 1)',
      ),
    ],
    caughtBy: { "limits.batch-size-clamped": /got "signed_in×1100"/ },
  },
  {
    name: "batch-size-ignored",
    breaks: "Always fills a batch to 500.",
    edits: [
      loop("const most = Math.min(limit, state.pending);", "const most = Math.min(500, state.pending);"),
    ],
    caughtBy: { "limits.batch-size": /got "signed_in×20"/ },
  },
  {
    name: "batch-bytes-ignored",
    breaks: "Lets a body grow without limit.",
    edits: [wire("if (count > 0 && bytes + added > maxBytes) break;", "")],
    caughtBy: { "limits.batch-bytes": /largest body: expected 3000 to 5000/ },
  },
  {
    name: "batch-bytes-in-characters",
    breaks: "Counts characters where bytes are meant.",
    edits: [wire("let bytes = text.length;", "let bytes = text.length;\n  if (bytes >= 0) return bytes;")],
    caughtBy: { "limits.batch-bytes-of-text": /largest body: expected 3000 to 5000/ },
  },
  {
    name: "large-event-stuck",
    breaks: "Never sends an event that is larger than a batch may be, nor anything behind it.",
    edits: [
      wire("if (count > 0 && bytes + added > maxBytes) break;", "if (bytes + added > maxBytes) break;"),
    ],
    caughtBy: { "limits.event-above-batch-bytes": /expected 3 requests, the API saw 1/ },
  },
  {
    name: "one-event-a-request",
    breaks: "Makes a request of every event.",
    edits: [loop("const most = Math.min(limit, state.pending);", "const most = 1;")],
    caughtBy: { "order.burst-shares-a-batch": /expected 1 requests, the API saw 50/ },
  },
  {
    name: "flush-at-one-late",
    breaks: "Starts a flush one operation too late.",
    edits: [
      queueing("if (appended.state.fresh >= config.flushAt)", "if (appended.state.fresh > config.flushAt)"),
    ],
    caughtBy: { "flush.at": /expected 2 requests, the API saw 0/ },
  },
  {
    name: "interval-starts-over",
    breaks: "Starts the interval anew with every event, so that a busy app never flushes.",
    edits: [
      queueing("if (state.pending > 0 || config.flushIntervalMs === 0)", "if (config.flushIntervalMs === 0)"),
    ],
    caughtBy: { "flush.interval": /expected 1 requests, the API saw 0/ },
  },
  {
    name: "interval-not-to-be-turned-off",
    breaks: "Takes flushIntervalMs 0 for the default.",
    edits: [
      options(
        'number("flushIntervalMs", 10_000, 0, MAX_TIMER_MS)',
        'number("flushIntervalMs", 10_000, 0, MAX_TIMER_MS) || 10_000',
      ),
    ],
    caughtBy: { "flush.interval-off": /number of requests: expected 0, got 1/ },
  },
  {
    name: "interval-forgets-the-rest",
    breaks: "Sets no timer for what came during a flush.",
    edits: [
      flushing("state.pending > 0 && config.flushIntervalMs > 0 ? config.flushIntervalMs : null", "null"),
    ],
    caughtBy: { "flush.tracked-meanwhile-interval": /expected 2 requests, the API saw 1/ },
  },
  {
    name: "flush-resolves-early",
    breaks: "Resolves flush() when the request has left, not when it was answered.",
    edits: [
      loop(
        "const promise = callers.add();\n    dispatch(input);\n    return promise;",
        "callers.add();\n    dispatch(input);\n    return Promise.resolve({ delivered: 0, dropped: 0, pending: outbox.size });",
      ),
    ],
    caughtBy: { "flush.shared": /f1 should be pending, but is fulfilled/ },
  },
  {
    name: "flush-never-resolves",
    breaks: "Leaves flush() waiting when delivery stops.",
    edits: [
      loop(
        'case "flushed":\n        return callers.end(effect.count);',
        'case "flushed":\n        return state.pending > 0 ? undefined : callers.end(effect.count);',
      ),
    ],
    caughtBy: { "auth.flush-resumes": /refused should be fulfilled, but is pending/ },
  },
  {
    name: "flush-rejects",
    breaks: "Rejects flush() when the network is down.",
    edits: [
      loop(
        'return wait({ type: "flushRequested" });',
        'return wait({ type: "flushRequested" }).then((result) => {\n        if (result.pending > 0) throw new Error("not delivered");\n        return result;\n      });',
      ),
    ],
    caughtBy: { "flush.never-rejects": /first should be fulfilled, but is rejected/ },
  },
  {
    name: "overflow-reported-once",
    breaks: "Reports the first of many losses and forgets to report the others.",
    edits: [settlement("if (count > 0) dropped(", "if (count > 1e9) dropped(")],
    caughtBy: { "limits.queue-full-all-reported": /errors: expected \[\[/ },
  },
  {
    name: "names-the-wrong-events",
    breaks: "Names the events that follow the dropped ones when it reports an overflow.",
    edits: [settlement("messageIds(offset, count, room)", "messageIds(offset + count, count, room)")],
    caughtBy: { "limits.queue-full": /was reported as dropped, but the API acknowledged it/ },
  },
];
