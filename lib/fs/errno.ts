/** The code that Node or the system gives an error, such as `ENOENT`; undefined for any other value. */
export function errnoCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined
}

/** Whether the error has one of these codes; without codes, whether it has any, and so is not a bug of this program. */
export function isErrno(thrown: unknown, ...codes: readonly string[]): boolean {
  const code = errnoCode(thrown)
  return code !== undefined && (codes.length === 0 || codes.includes(code))
}

/** For `catch`: null for errors with these codes; throws all others again. */
export function ignoreErrno(...codes: readonly string[]): (thrown: unknown) => null {
  return (thrown) => {
    if (isErrno(thrown, ...codes)) return null
    throw thrown
  }
}
