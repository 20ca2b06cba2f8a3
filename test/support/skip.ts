/** Skips a test that this machine cannot run. The reporter lists it with the reason after the last test. */
export function skipWhen(context: Mocha.Context, condition: boolean, reason: string): void {
  if (!condition) return
  if (context.test !== undefined) context.test.title += ` (${reason})`
  context.skip()
}
