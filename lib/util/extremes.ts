/** The largest of any number of numbers, or `least`. Too many of them as arguments of `Math.max` would overflow the stack. */
export function largest(numbers: Iterable<number>, least = Number.NEGATIVE_INFINITY): number {
  let found = least
  for (const number of numbers) if (number > found) found = number
  return found
}
