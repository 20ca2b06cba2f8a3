/** The first index from 0 to `count` at which the condition is false; it must hold for none after that. */
export function partitionPoint(count: number, holds: (index: number) => boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) low = middle + 1
    else high = middle
  }
  return low
}
