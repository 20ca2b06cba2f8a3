import type { Assigned } from '../types.ts'

/** Whether setting a variable changes neither which programs run nor what they load. */
export function isHarmlessAssignment({ name, value }: Assigned, isForProgram: boolean): boolean {
  if (!isForProgram && isOwnVariable(name)) return true
  const [only = '', ...others] = value.values
  const isKnown = value.isCertain && others.length === 0
  if (/^(GIT_)?PAGER$/.test(name)) return isKnown && only === 'cat'
  if (name === 'TZ') return isKnown && /^[\w+-]+(\/[\w+-]+)*$/.test(only)
  return HARMLESS.test(name) && isKnown && /^[\w.,=*@:-]*$/.test(only)
}

/** Short and known: everything else may load code, or lead a program elsewhere. */
const HARMLESS =
  /^(CI|NODE_ENV|NO_COLOR|FORCE_COLOR|CLICOLOR|LANG|LANGUAGE|LC_[A-Z]+|TERM|DEBUG|COLUMNS|LINES)$/

/** A variable of the shell alone, which programs don't see: theirs are written in capitals, or belong to a tool. */
export function isOwnVariable(name: string): boolean {
  return /^[a-z][a-z0-9_]*$/.test(name) && !/^(npm|pnpm|yarn|pip|git|docker)_|proxy/.test(name)
}
