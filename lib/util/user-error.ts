/** Trouble that a person can act on: what happened, to what, and (hint) what to do. Not for bugs. */
export class UserError extends Error {
  readonly hint: string | undefined

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Problem'
    this.hint = options.hint
  }
}

/** The words of anything thrown, for a person. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
