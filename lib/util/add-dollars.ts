/** A sum of which a part is unknown is unknown. */
export function addDollars(sum: number | null, more: number | null): number | null {
  return sum === null || more === null ? null : sum + more
}
