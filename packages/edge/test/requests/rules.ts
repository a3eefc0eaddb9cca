/** What must hold in every world that can be reached, and after every step. */
import type { Input } from "./follow.ts";
import type { Notes, World } from "./world.ts";
import { delivers } from "./world.ts";

export function rule(holds: boolean, says: string): void {
  if (!holds) throw new Error(`broken rule: ${says}`);
}

export function checkWorld(world: World): void {
  checkOpen(world);
  checkOwner(world);
  checkDelivery(world);
}

/** A request is open exactly while something of it, or in front of that, is unsettled. */
function checkOpen(world: World): void {
  const { requests, platform, outbox } = world;
  const open = requests.open.map(({ id }) => id);
  platform.forEach(({ isOpen, waitsFor }, index) => {
    const id = index + 1;
    rule(
      isOpen === open.includes(id),
      "the platform keeps open what the machine wants open, and nothing else",
    );
    rule(waitsFor === 0 || isOpen, "while something of a request is unsettled it is open");
    rule(!isOpen || waitsFor > 0, "a request is not open for others");
  });
  rule(delivers(world.delivery, world) || open.length === 0, "while delivery has stopped, none is open");
  rule(requests.assigned === outbox.length, "whose an operation is, is known by the end of a step");
  requests.open.forEach(({ id, upTo }, index) => {
    const before = requests.open[index - 1];
    rule(upTo > 0 && upTo <= outbox.length, "what a request waits for is in the outbox");
    rule(before === undefined || before.id < id, "requests are in order");
  });
}

/** Whatever waits has an owner who lives, or wakes one. Who was killed without a word counts as living until found. */
function checkOwner({ requests, platform, timer, timersIn, fetchIn }: World): void {
  const { open, awaits, owner, isSet } = requests;
  const youngest = open.at(-1)?.id ?? 0;
  if (awaits === "timer" || awaits === "sending") {
    rule(owner === youngest, "what can wait anywhere waits in the youngest request");
    const { isAlive = false, isWoken = false } = platform[owner - 1] ?? {};
    rule(owner === 0 || isSet || isWoken || !isAlive, "whoever is to do something was woken");
  }
  if (awaits === "answer") {
    rule(fetchIn === owner, "an answer is awaited where its batch was sent");
    rule(
      open.some(({ id }) => id === owner),
      "the request of a batch under way is open",
    );
  }
  rule(!isSet || timersIn.includes(owner), "a timer that is set is set in its owner's request");
  rule(
    timersIn.every((id) => open.some((request) => request.id === id)),
    "no timer is left behind",
  );
  rule(awaits === "answer" || fetchIn === 0, "no fetch is under way whose answer nobody awaits");
  rule(timer === (awaits === "timer"), "delivery's timer is waited for");
}

function checkDelivery({ delivery, requests, outbox, fetchIn }: World): void {
  const isSending = requests.awaits === "sending" || requests.awaits === "answer";
  rule(delivery.pending === outbox.length, "delivery knows what the outbox holds");
  rule((delivery.phase === "sending") === isSending, "the requests know whether delivery sends");
  rule(delivery.inFlight > 0 === fetchIn > 0, "operations are in flight exactly while a fetch is under way");
}

export function checkStep(from: World, input: Input, to: World, notes: Notes): void {
  const left = to.delivery.pending > 0 && from.delivery.phase !== "stopped";
  if (input.type === "deadline") {
    const gaveUp = notes.reports.includes("abandoned");
    const isLast = from.requests.open.length === 1;
    rule(gaveUp === (isLast && left), "the last one says what stays behind, and no other");
    rule(notes.reports.length <= 1, "once");
  }
  if (input.type === "answer" || input.type === "timer") {
    const isLeft = delivers(to.delivery, to) && to.requests.open.length === 0;
    rule(!isLeft || from.requests.open.length === 0, "delivery does not go on without a request to go on in");
  }
  if (input.type === "call" && input.finds !== "nobody" && to.requests.open.length > 0) {
    const { owner, awaits } = to.requests;
    rule(awaits === "nothing" || to.platform[owner - 1]?.isAlive === true, "who finds the dead goes on");
  }
}
