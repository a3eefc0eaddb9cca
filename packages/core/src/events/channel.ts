/** Channels: how a user can be reached (contract, section 3). */

export type ChannelType = "email" | "sms" | "push";

/** An address of a user, as the app gives it. */
export interface Channel {
  readonly type: ChannelType;
  readonly address: string;
  /** May interventions use it? Default true. */
  readonly optedIn?: boolean | undefined;
  /** Did the user prove that it is theirs? Sent only when given. */
  readonly verified?: boolean | undefined;
  /** Push only: the service the token belongs to. */
  readonly kind?: "apns" | "fcm" | "expo" | undefined;
  /** Push only. */
  readonly platform?: "ios" | "android" | "web" | undefined;
  /** Push only: the APNs environment of the token. */
  readonly pushEnv?: "sandbox" | "production" | undefined;
}

export type ChannelSettings = Pick<Channel, "optedIn" | "verified">;
export type PushSettings = Omit<Channel, "type" | "address">;

/** Constructors for `identify(…, { channels })`. */
export const channel = {
  email: (address: string, settings?: ChannelSettings): Channel => ({ ...settings, type: "email", address }),
  /** `address`: a phone number. */
  sms: (address: string, settings?: ChannelSettings): Channel => ({ ...settings, type: "sms", address }),
  /** `address`: a device token. */
  push: (address: string, settings?: PushSettings): Channel => ({ ...settings, type: "push", address }),
} as const;
