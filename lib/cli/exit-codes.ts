/** What the exit code of `letta` means. 128 + N is what shells report for a process that signal N has ended. */
export const EXIT_CODES = {
  success: 0,
  failure: 1,
  usageError: 2,
  /** EX_SOFTWARE of sysexits.h. */
  internalError: 70,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitName = keyof typeof EXIT_CODES

/** For help and documentation, in the order of the codes. */
export const EXIT_CODE_HELP: Readonly<Record<ExitName, string>> = {
  success: 'success',
  failure: 'error',
  usageError: 'invalid usage',
  internalError: 'internal error (please report it)',
  interrupted: 'interrupted (SIGINT)',
  terminated: 'terminated (SIGTERM, SIGHUP)',
}
