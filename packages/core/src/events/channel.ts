/** How a user can be reached. */
export type ChannelType = "email" | "sms" | "push";

/** An address of a user, as the app gives it. */
export interface Channel {
  /** By what it reaches the user. */
  readonly type: ChannelType;
  /** An email address, a phone number or a device token. */
  readonly address: string;
  /**
   * The user allows messages there.
   * @default true
   */
  readonly optedIn?: boolean | undefined;
  /** The user has proven that it is theirs. Sent only when given. */
  readonly verified?: boolean | undefined;
  /** Push only: the service the token belongs to. */
  readonly kind?: "apns" | "fcm" | "expo" | undefined;
  /** Push only: the device's platform. */
  readonly platform?: "ios" | "android" | "web" | undefined;
  /** Push only: the APNs environment of the token. */
  readonly pushEnv?: "sandbox" | "production" | undefined;
}

/** What may be said of an email or sms channel. */
export type ChannelSettings = Pick<Channel, "optedIn" | "verified">;
/** What may be said of a push channel. */
export type PushSettings = Omit<Channel, "type" | "address">;

/**
 * Makes channels for `identify()`.
 *
 * @example
 * whisperr.identify("user_8842", { channels: [channel.email("ada@example.com", { verified: true })] });
 */
export const channel = {
  /** `address`: an email address. */
  email: (address: string, settings?: ChannelSettings): Channel => ({ ...settings, type: "email", address }),
  /** `address`: a phone number. */
  sms: (address: string, settings?: ChannelSettings): Channel => ({ ...settings, type: "sms", address }),
  /** `address`: a device token. */
  push: (address: string, settings?: PushSettings): Channel => ({ ...settings, type: "push", address }),
} as const;
