/** Work that may be interrupted wherever it yields: each step of it is short. */
export type Steps<T> = Generator<undefined, T, undefined>

export function runAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
