/** The push token of a device: what its owner and the app want, and what the server must know of it in the end. */
import type { StoredUser } from "@whisperr/conformance/api";

export interface DeviceTokens {
  /** From one `reset()` to the next: nobody else's tokens have its names. */
  session: number;
  token: string | undefined;
  isDenied: boolean;
  isOptedOut: boolean;
}

export const newDeviceTokens = (): DeviceTokens => ({
  session: 0,
  token: undefined,
  isDenied: false,
  isOptedOut: false,
});

export const tokenName = ({ session }: DeviceTokens, number: number): string =>
  `token ${number} of ${session}`;

const isOf = ({ session }: DeviceTokens, address: string): boolean => address.endsWith(` of ${session}`);

/** `user token` of all that may get notifications. */
function registered(
  users: ReadonlyMap<string, StoredUser>,
): { readonly user: string; readonly token: string }[] {
  return [...users.values()].flatMap(({ userId, channels }) =>
    channels
      .filter(({ channel, optedIn }) => channel === "push" && optedIn)
      .map(({ address }) => ({ user: userId, token: address })),
  );
}

/** The device wants no notifications: it gets none. */
export function checkSilent(device: DeviceTokens, users: ReadonlyMap<string, StoredUser>): void {
  for (const { user, token } of registered(users))
    if (isOf(device, token))
      throw new Error(`${token} is registered for ${user}, whom it was to be taken from`);
}

/** `user` has it now. `isWhole`: nothing was given up. */
export function checkTokens(
  device: DeviceTokens,
  users: ReadonlyMap<string, StoredUser>,
  user: string,
  isWhole: boolean,
): void {
  const all = registered(users);
  const wanted = device.isDenied ? undefined : device.token;
  const mine = all.filter((one) => one.user === user).map(({ token }) => token);
  if (mine.join() !== (wanted ?? ""))
    throw new Error(`${user} has ${mine.join() || "no token"}, not ${wanted}`);
  if (!isWhole) return;
  if (device.isDenied) checkSilent(device, users);
  for (const { token } of all)
    if (all.filter((one) => one.token === token).length > 1)
      throw new Error(
        `${token} is registered for ${all.filter((one) => one.token === token).map((one) => one.user)}`,
      );
}
