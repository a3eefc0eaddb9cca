/** Mistakes about the key: where it travels, who gets to see it, and what an address may be (contract, sections 1 and 7). */
import { withOptions } from "../hooks/options.ts";
import { withEachEvent, withHeaders, withRequests } from "../hooks/requests.ts";
import type { How, Mutant } from "../mutant.ts";

const WHOLE_KEYS_SHOWN_AS = "wrk_…";

/** Shows something of the key where the SDK took it out of a message. */
const withMessages =
  (edit: (message: string, key: string) => string): How =>
  ({ options }) => ({
    onError: (error, report) => report({ ...error, message: edit(error.message, String(options.apiKey)) }),
  });

export const credentialMutants: readonly Mutant[] = [
  {
    id: "key-in-two-headers",
    does: "Sends the key as a bearer token as well.",
    how: withHeaders((headers) => ({ ...headers, authorization: `Bearer ${headers["x-api-key"]}` })),
    caughtBy: { "event.headers": /the key, or another credential, in the header authorization/ },
  },
  {
    id: "key-in-the-user-agent",
    does: "Names itself and its key in User-Agent.",
    how: withHeaders((headers) => ({ ...headers, "user-agent": `whisperr/1 ${headers["x-api-key"]}` })),
    caughtBy: { "event.headers": /the key, or another credential, in the header user-agent/ },
  },
  {
    id: "key-in-the-address",
    does: "Puts the key into the address, where every proxy writes it down.",
    how: withRequests((request) => ({
      ...request,
      url: `${request.url}?key=${request.headers["x-api-key"]}`,
    })),
    caughtBy: { "event.headers": /the key, or another credential, in its address/ },
  },
  {
    id: "key-in-the-body",
    does: "Puts the key into the context of each event.",
    how: ({ options }) =>
      withEachEvent(() => (event) => ({ ...event, context: { ...event.context, key: options.apiKey } }))({
        options,
      }),
    caughtBy: { "event.headers": /the key, or another credential, in its body/ },
  },
  {
    id: "key-taken-out-once",
    does: "Takes the key out of an error at its first place only.",
    how: withMessages((message, key) => {
      const [before = "", ...rest] = message.split(WHOLE_KEYS_SHOWN_AS);
      return rest.length < 2 ? message : [before, rest.join(key)].join(WHOLE_KEYS_SHOWN_AS);
    }),
    caughtBy: { "auth.key-everywhere": /the key leaked/ },
  },
  {
    id: "key-cut-in-half",
    does: "Cuts a long message off before it takes the key out, so that half a key is left at the end.",
    how: withMessages((message, key) =>
      message.replaceAll(WHOLE_KEYS_SHOWN_AS, key).slice(0, 300).replaceAll(key, WHOLE_KEYS_SHOWN_AS),
    ),
    caughtBy: { "auth.key-cut-off": /errors\[\d\]\.message: expected .*wrk_conformance/ },
  },
  {
    id: "localhost-anywhere",
    does: "Takes an address for this machine's own that has localhost or 127.0.0.1 somewhere in it.",
    how: withOptions((options) => {
      const isOwn = /localhost|127\.0\.0\.1/.test(String(options.baseUrl));
      return isOwn ? { ...options, baseUrl: "http://localhost" } : options;
    }),
    caughtBy: {
      "creation.localhost-in-a-name": /creation error: expected \/baseUrl\/, got nothing/,
      "creation.loopback-in-a-name": /creation error: expected \/baseUrl\/, got nothing/,
      "creation.name-ends-in-localhost": /creation error: expected \/baseUrl\/, got nothing/,
      "creation.localhost-before-an-at": /creation error: expected \/baseUrl\/, got nothing/,
      "creation.localhost-in-the-path": /creation error: expected \/baseUrl\/, got nothing/,
    },
  },
  {
    id: "loopback-is-127-0-0-1",
    does: "Knows only one of the addresses that this machine has for itself.",
    how: withOptions((options) => {
      const isOther = !/^http:\/\/127\.0\.0\.1\b/.test(String(options.baseUrl));
      return isOther ? { ...options, baseUrl: "http://other.example.com" } : options;
    }),
    caughtBy: {
      "creation.loopback-name": /the SDK refused to be created: .*baseUrl/,
      "creation.loopback-v4": /the SDK refused to be created: .*baseUrl/,
      "creation.loopback-v6": /the SDK refused to be created: .*baseUrl/,
    },
  },
];
