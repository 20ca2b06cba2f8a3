import { isFileTool, toolFamily } from '../rules/rule.ts'

/** A call as it stands in a line for `letta permissions check`. */
interface Call {
  readonly tool: string
  readonly args: unknown
  readonly cwd: string
  readonly home: string
}

export function isWindowsPath(text: string): boolean {
  return /^[A-Za-z]:[\\/]/.test(text)
}

/** `C:\Users\Ada` as `/c/users/ada`: one root for all drives, and capitals make no difference. */
export function foldPath(text: string): string {
  return text
    .replaceAll('\\', '/')
    .toLowerCase()
    .replace(/^([a-z]):(?=\/)/, '/$1')
}

export function foldCall<Of extends Call>(call: Of): Of {
  const { tool, args, cwd, home } = call
  const places = { cwd: foldPath(cwd), home: foldPath(home) }
  if (!isFileTool(toolFamily(tool)) || typeof args !== 'object' || args === null) {
    return { ...call, ...places }
  }
  const folded = Object.entries(args).map(([name, value]) => [
    name,
    typeof value === 'string' && PATHS.test(name) ? foldPath(value) : value,
  ])
  return { ...call, ...places, args: Object.fromEntries(folded) }
}

const PATHS = /path$|^(pattern|glob)$/

/** The same for what stands between a file rule's parentheses: `Edit(//C:/src/**)` is below the root of all drives. */
export function foldRule(text: string): string {
  const [, tool = '', payload = ''] = /^\s*([\w.-]+)\(([\s\S]*)\)\s*$/.exec(text) ?? []
  if (!isFileTool(toolFamily(tool))) return text
  return `${tool}(${foldPath(payload.trim().replace(/^\/{1,2}(?=[a-z]:)/i, ''))})`
}
