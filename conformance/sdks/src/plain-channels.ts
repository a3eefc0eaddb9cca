/** For SDKs without channel constructors: an app writes the channel out, in the public shape of the contract's section 3. */
const plain =
  (type: string) =>
  (address: unknown, settings?: object): object => ({ type, address, ...settings });

export const plainChannels = { email: plain("email"), sms: plain("sms"), push: plain("push") };
