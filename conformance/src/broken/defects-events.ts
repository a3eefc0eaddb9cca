// biome-ignore-all lint/suspicious/noTemplateCurlyInString: edits are source text
/** Mistakes about what travels: events, identifies, headers (contract, sections 1 to 3). */
import type { Defect } from "./defect.ts";
import {
  body,
  client,
  json,
  operation,
  options,
  recorder,
  snapshot,
  time,
  transport,
  wire,
} from "./sources.ts";

export const eventDefects: readonly Defect[] = [
  {
    name: "new-id-per-attempt",
    breaks: "Makes a new message id for every attempt.",
    edits: [
      operation(
        "return idPrefix + idNumber.toString(16)",
        "return idPrefix + (idNumber + Math.floor(Math.random() * 2 ** 40)).toString(16)",
      ),
    ],
    caughtBy: {
      "event.message-id-stable": /duplicates: expected 1, got 0/,
      "retry.answer-lost": /duplicates: expected 2, got 0/,
    },
  },
  {
    name: "same-id-for-all",
    breaks: "Gives all events of a client one message id.",
    edits: [recorder("idNumber: ++idNumber,", "idNumber: 1,")],
    caughtBy: { "event.message-ids-unique": /carries \$message_id \S+ twice/ },
  },
  {
    name: "bytes-change",
    breaks: "Writes the time of sending into every event, so that each attempt has other bytes.",
    edits: [
      wire(
        '"context":{"$message_id":"${formatMessageId(operation)}"',
        '"context":{"sent_at":${Date.now()},"$message_id":"${formatMessageId(operation)}"',
      ),
    ],
    caughtBy: { "event.message-id-stable": /request #1 changed event/ },
  },
  {
    name: "wrong-key-header",
    breaks: "Sends the key in a header of its own invention.",
    edits: [transport('"X-API-Key": apiKey', '"X-Whisperr-Key": apiKey')],
    caughtBy: { "event.headers": /x-api-key: missing/ },
  },
  {
    name: "wrong-content-type",
    breaks: "Calls its JSON plain text.",
    edits: [transport('"Content-Type": "application/json"', '"Content-Type": "text/plain"')],
    caughtBy: { "event.headers": /content-type: expected .*got "text\/plain"/ },
  },
  {
    name: "slash-doubled",
    breaks: "Puts its paths behind whatever ends baseUrl.",
    edits: [options('return url.replace(/\\/+$/, "");', "return url;")],
    caughtBy: { "event.base-url-trailing-slash": /path: expected .*got "\/\/v1\// },
  },
  {
    name: "singles-to-track",
    breaks: "Sends a single event to /v1/events/track.",
    edits: [
      transport(
        "return ({ path, body }) => {",
        'return ({ path: given, body: all, count }) => {\n    const alone = count === 1 && given !== "/v1/identify";\n    const path = alone ? "/v1/events/track" : given;\n    const body = alone ? all.slice(11, -2) : all;',
      ),
    ],
    caughtBy: { "event.batch-endpoint-only": /only POST to \/v1\/events\/batch/ },
  },
  {
    name: "time-rounded",
    breaks: "Rounds a fraction of a millisecond up.",
    edits: [time("new Date(atMs)", "new Date(Math.round(atMs))")],
    caughtBy: {
      "event.occurred-at-truncated":
        /occurred_at: expected "2026-06-14T12:00:00\.999Z", got "2026-06-14T12:00:01\.000Z"/,
    },
  },
  {
    name: "time-of-sending",
    breaks: "Dates an event when it is sent.",
    edits: [wire("formatTimestamp(atMs)", "formatTimestamp(Date.now())")],
    caughtBy: {
      "event.occurred-at-of-the-call":
        /occurred_at: expected "2026-06-14T12:00:00\.999Z", got "2026-06-14T12:01:30\.999Z"/,
    },
  },
  {
    name: "time-without-decimals",
    breaks: "Writes whole seconds.",
    edits: [time(".toISOString();", '.toISOString().replace(/\\.\\d+/, "");')],
    caughtBy: { "event.envelope-exact": /occurred_at: expected .*got "2026-06-14T12:00:00Z"/ },
  },
  {
    name: "empty-properties-left-out",
    breaks: "Leaves properties out when there are none.",
    edits: [
      wire('"properties":${properties},', '${properties === "{}" ? "" : `"properties":${properties},`}'),
    ],
    caughtBy: { "event.properties-empty": /stored properties: expected 4 items, got 0/ },
  },
  {
    name: "library-in-the-envelope",
    breaks: "Adds a field that the contract does not know.",
    edits: [wire("return `{${user}", 'return `{"library":"node",${user}')],
    caughtBy: { "event.envelope-exact": /library: not expected/ },
  },
  {
    name: "bad-names-queued",
    breaks: "Queues whatever it is given as an event name.",
    edits: [snapshot('typeof event === "string" && EVENT_TYPE.test(event)', "true")],
    caughtBy: { "event-name.invalid": /invalid_event_type: missing, expected 13/ },
  },
  {
    name: "nobody-accepted",
    breaks: "Takes undefined for a user id.",
    edits: [snapshot("isText(userId) ||", "true ||")],
    caughtBy: { "user-id.invalid": /expected "invalid_user_id"/ },
  },
  {
    name: "bound-identify-empty",
    breaks: "Forgets what identify() is given when it is called for a bound user.",
    edits: [
      client("identify: (identity) => identify(userId, identity),", "identify: () => identify(userId),"),
    ],
    caughtBy: { "user-id.for-user": /channels: missing/ },
  },
  {
    name: "no-snapshot",
    breaks: "Reads the app's objects when it sends them.",
    edits: [
      recorder(
        'properties: objectToJson(properties, "properties", "invalid_properties"),',
        'get properties() {\n          return objectToJson(properties, "properties", "invalid_properties");\n        },',
      ),
    ],
    caughtBy: { "values.snapshot": /total: expected 10, got 99/ },
  },
  {
    name: "bigint-dropped",
    breaks: "Drops an event because there is a BigInt in it.",
    edits: [json("return JSON.stringify(value, bigIntToJson);", "return JSON.stringify(value);")],
    caughtBy: { "values.javascript": /BigInt/ },
  },
  {
    name: "throws-into-the-app",
    breaks: "Lets a value that cannot be serialised throw out of track().",
    edits: [snapshot('return asRefusal(error, "a value");', "throw error;")],
    caughtBy: { "values.throwing": /a call threw: track: a getter of the app failed/ },
  },
  {
    name: "before-send-failure-sends",
    breaks: "Sends an event unchanged when beforeSend throws.",
    edits: [
      snapshot(
        'throw new Refusal("before_send_failed", `beforeSend threw: ${describeThrown(error)}`);',
        "return operation;",
      ),
    ],
    caughtBy: { "before-send.throws": /before_send_failed: missing, expected 1/ },
  },
  {
    name: "empty-traits-sent",
    breaks: "Sends traits that are empty.",
    edits: [body('traits === "{}" ? undefined : JSON.parse(traits)', "JSON.parse(traits)")],
    caughtBy: { "identify.minimal": /body\.traits: not expected/ },
  },
  {
    name: "opted-in-left-out",
    breaks: "Sends opted_in only when the app gave it.",
    edits: [body('field("optedIn", true, false) ?? true', 'field("optedIn", true, false)')],
    caughtBy: { "channels.opted-in-and-verified": /opted_in: missing, expected true/ },
  },
  {
    name: "verified-made-up",
    breaks: "Calls an address unverified that the app said nothing about.",
    edits: [body('field("verified", true, false)', 'field("verified", true, false) ?? false')],
    caughtBy: { "channels.opted-in-and-verified": /verified: not expected, got false/ },
  },
  {
    name: "channel-called-type",
    breaks: "Sends a channel under the name that the public API has for it.",
    edits: [body("    channel,\n    address,", "    type: channel,\n    address,")],
    caughtBy: { "channels.shortcuts": /channel: missing, expected "email"/ },
  },
  {
    name: "shortcuts-beside-channels",
    breaks: "Adds the shortcuts to the channels that should replace them.",
    edits: [
      body(
        "return Array.from(channels, (entry, index) => wireChannel(entry, `channels[${index}]`));",
        "return [...Array.from(channels, (entry, index) => wireChannel(entry, `channels[${index}]`)), ...wireChannels({ ...given, channels: null })];",
      ),
    ],
    caughtBy: { "channels.explicit-replace-shortcuts": /channels: expected 1 items, got 3/ },
  },
  {
    name: "traits-of-the-server",
    breaks: "Adds the server's time zone to the traits of a user.",
    edits: [
      body(
        'traits: traits === "{}" ? undefined : JSON.parse(traits),',
        'traits: { timezone: "Europe/Berlin", ...JSON.parse(traits) },',
      ),
    ],
    caughtBy: {
      "identify.minimal": /body\.traits: not expected/,
      "identify.no-device": /timezone: not expected/,
    },
  },
  {
    name: "shared-context-wins",
    breaks: "Lets the context option win over the context of a call.",
    edits: [
      snapshot(
        "JSON.stringify({ ...base, ...(JSON.parse(own) as object) })",
        "JSON.stringify({ ...(JSON.parse(own) as object), ...base })",
      ),
    ],
    caughtBy: { "context.merged": /region: expected "us", got "eu"/ },
  },
  {
    name: "message-id-of-the-app",
    breaks: "Lets a $message_id in the context option stand in for its own.",
    edits: [snapshot("if (!json.includes(MESSAGE_ID_KEY)) return json;", "return json;")],
    caughtBy: { "context.no-shared-message-id": /carries \$message_id mine twice/ },
  },
];
