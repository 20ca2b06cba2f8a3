import { runsCode } from '../shell/effects/inline-code.ts'
import { plainValue } from '../shell/parse/word.ts'
import { WRAPPERS } from '../shell/tables/wrapper-programs.ts'
import { isPackageRunner } from '../shell/unwrap/launchers.ts'
import { programName } from '../shell/unwrap/wrapper-layer.ts'
import { checkRule } from './check-rule.ts'
import { parseCommandPattern } from './command-rule.ts'
import { isForUnknownTool } from './examine-rule.ts'
import { parseRule } from './rule.ts'

/**
 * How little a rule allows: 0 for every command, more for each character that has to match. Null for a text that is no valid
 * rule. Rules for everything come first, then files outside the project, then the rest.
 */
export function narrownessOfRule(text: string): number | null {
  if (checkRule(text) !== null || isForUnknownTool(text)) return null
  const { tool = '', payload = null } = parseRule(text) ?? {}
  const fixed = (payload ?? '').replace(/[:*?\s/.]/g, '').length
  const isCommand = tool === 'Bash' || tool === '*'
  if (isCommand) return fixed === 0 ? 0 : startsAnything(payload) ? 100 : 1_000 + fixed
  if (payload === null) return 500
  return (/^(~|\/|\.\.(\/|$))/.test(payload) ? OUTSIDE : fixed === 0 ? 500 : 1_500) + fixed
}

/** The same for a directory that may be read. */
export function narrownessOfDirectory(directory: string): number {
  const depth = directory.split('/').filter((part) => part !== '').length
  return depth === 0 ? 500 : OUTSIDE + Math.min(depth * 5, 300)
}

const OUTSIDE = 600

/** Whether a rule for a program leaves open what it runs: `bash -c:*`, `sudo:*`, `python3:*`. */
function startsAnything(payload: string | null): boolean {
  const { type, words } = parseCommandPattern(payload)
  const [program, ...options] = words
  const name = programName(program) ?? ''
  const isStarter =
    WRAPPERS.has(name) || SHELLS.has(name) || runsCode(name) || isPackageRunner(name)
  return (
    type === 'prefix' &&
    isStarter &&
    options.every((word) => plainValue(word)?.startsWith('-') !== false)
  )
}

const SHELLS = new Set(
  'bash sh dash zsh ksh fish eval source . env ssh docker podman find'.split(' '),
)
