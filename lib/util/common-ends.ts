/** The lengths of what two texts have in common at their start and, in the rest, at their end. */
export function commonEnds(
  one: string,
  other: string,
): { readonly start: number; readonly end: number } {
  const shorter = Math.min(one.length, other.length)
  const start = longest(shorter, (length) => one.slice(0, length) === other.slice(0, length))
  const end = longest(
    shorter - start,
    (length) => one.slice(one.length - length) === other.slice(other.length - length),
  )
  return { start, end }
}

/** The greatest length that fits; if one fits, all shorter ones do. Comparing slices is faster than comparing characters. */
function longest(shorter: number, fits: (length: number) => boolean): number {
  let low = 0
  let high = shorter
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(middle)) low = middle
    else high = middle - 1
  }
  return low
}
