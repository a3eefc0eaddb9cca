/** What `stats()` says of all clients together. */
export interface Stats {
  accepted: number;
  delivered: number;
  dropped: Record<string, number>;
  pending: number;
}

export function summedStats([first, ...others]: readonly Stats[]): Stats | undefined {
  if (first === undefined || others.length === 0) return first;
  const dropped = { ...first.dropped };
  for (const [reason, count] of others.flatMap((one) => Object.entries(one.dropped)))
    dropped[reason] = (dropped[reason] ?? 0) + count;
  const total = (name: "accepted" | "delivered" | "pending") =>
    others.reduce((all, one) => all + one[name], first[name]);
  return { accepted: total("accepted"), delivered: total("delivered"), dropped, pending: total("pending") };
}
