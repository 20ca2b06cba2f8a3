import type { VariableAssignment } from '../types.ts'

/** Whether an assignment changes neither which programs run nor what they load. */
export function isHarmlessAssignment(
  { name, value }: VariableAssignment,
  isForProgram: boolean,
): boolean {
  if (!isForProgram && isShellVariable(name)) return true
  const [only = '', ...others] = value.values
  const isKnown = value.isCertain && others.length === 0
  if (/^(GIT_)?PAGER$/.test(name)) return isKnown && only === 'cat'
  if (name === 'TZ') return isKnown && /^[\w+-]+(\/[\w+-]+)*$/.test(only)
  if (/^(LANG|LC_[A-Z]+)$/.test(name)) return isKnown && LOCALE.test(only)
  if (/^GIT_(AUTHOR|COMMITTER)_(NAME|EMAIL|DATE)$/.test(name)) return isKnown
  if (/^(GIT_(SEQUENCE_)?)?EDITOR$/.test(name)) return isKnown && /^(true|:)$/.test(only)
  return HARMLESS.test(name) && isKnown && /^[\w.,=*@:-]*$/.test(only)
}

/** In other encodings a delimiter can be a part of the character before it, so that a script means something else. */
const LOCALE = /^(|C|POSIX|(C|[a-z]{2,3}_[A-Z]{2})\.(UTF-8|utf-?8))$/

/** Known to be harmless: every other variable could load code or redirect a program. */
const HARMLESS =
  /^(CI|NODE_ENV|NO_COLOR|FORCE_COLOR|CLICOLOR|LANGUAGE|TERM|DEBUG|COLUMNS|LINES|RUST_BACKTRACE|RUST_LOG|CARGO_TERM_COLOR|PYTHONUNBUFFERED|GIT_TERMINAL_PROMPT|DOCKER_BUILDKIT|GOOS|GOARCH)$/

/** Whether a variable belongs to the shell only: those of programs are upper case or begin with a tool's name. */
export function isShellVariable(name: string): boolean {
  if (COMMON_NAMES.has(name)) return true
  return /^[a-z][a-z0-9_]*$/.test(name) && !/^(npm|pnpm|yarn|pip|git|docker)_|proxy/.test(name)
}

/** Upper-case names that lines use for their own values, and no program for its own. */
const COMMON_NAMES = new Set('FILES FILE DIR COUNT TOTAL RESULT BRANCH COMMIT SHA MSG'.split(' '))
