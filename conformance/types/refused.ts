/** Each line is a mistake; the comment before it is what the compiler says of it. */
import { createWhisperr as createBrowserClient } from "@whisperr/browser";
import { createWhisperr, currentWhisperr } from "@whisperr/node";
import "./accepted.ts";

const whisperr = createWhisperr();
const browser = createBrowserClient({ apiKey: "wrk_test" });
const untyped = createWhisperr<{ readonly [event: string]: object }>();

// event names are snake_case, such as payment_failed
untyped.track("user_1", "PaymentFailed");
// event names are snake_case, such as payment_failed
untyped.track("user_1", "payment failed");
// event names are snake_case, such as payment_failed
untyped.track("user_1", "payment-failed");
// event names are snake_case, such as payment_failed
untyped.track("user_1", "2nd_payment");
// event names are snake_case, such as payment_failed
untyped.track("user_1", "payment_");
// event names are snake_case, such as payment_failed
untyped.forUser("user_1").track("Payment Failed");
// UserIdComesFirst
whisperr.track("payment_failed", { amount_cents: 4900 });
// UserIdComesFirst
untyped.track("payment_failed", { amount_cents: 4900 });
// Expected 2-4 arguments, but got 1
untyped.track("payment_failed");
// '"payment_faild"' is not assignable to parameter of type
whisperr.track("user_1", "payment_faild", { amount_cents: 4900 });
// Type 'string' is not assignable to type 'number'
whisperr.track("user_1", "payment_failed", { amount_cents: "4900" });
// Expected 3-4 arguments, but got 2
whisperr.track("user_1", "payment_failed");
// '"payment_faild"' is not assignable to parameter of type
browser.track("payment_faild");
// Type 'string' is not assignable to type 'number'
browser.track("payment_failed", { amount_cents: "4900" });
// '"other_event"' is not assignable to parameter of type
currentWhisperr()?.track("other_event");
