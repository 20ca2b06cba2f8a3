import { isFileTool, toolFamily } from '../rules/rule.ts'

/** The fields of a request to `letta permissions check` that contain paths. */
interface CallWithPaths {
  readonly tool: string
  readonly args: unknown
  readonly cwd: string
  readonly home: string
}

export function isWindowsPath(text: string): boolean {
  return /^[A-Za-z]:[\\/]/.test(text)
}

/** `C:\Users\Ada` becomes `/c/users/ada`: one root for all drives, and case is ignored. */
export function foldWindowsPath(text: string): string {
  return text
    .replaceAll('\\', '/')
    .toLowerCase()
    .replace(/^([a-z]):(?=\/)/, '/$1')
}

export function foldWindowsCall<Call extends CallWithPaths>(call: Call): Call {
  const { tool, args, cwd, home } = call
  const bases = { cwd: foldWindowsPath(cwd), home: foldWindowsPath(home) }
  if (!isFileTool(toolFamily(tool)) || typeof args !== 'object' || args === null) {
    return { ...call, ...bases }
  }
  const folded = Object.entries(args).map(([name, value]) => [
    name,
    typeof value === 'string' && PATH_ARGUMENT.test(name) ? foldWindowsPath(value) : value,
  ])
  return { ...call, ...bases, args: Object.fromEntries(folded) }
}

const PATH_ARGUMENT = /path$|^(pattern|glob)$/

/** The same for the payload of a file rule: `Edit(//C:/src/**)` is below the root of all drives. */
export function foldWindowsRule(text: string): string {
  const [, tool = '', payload = ''] = /^\s*([\w.-]+)\(([\s\S]*)\)\s*$/.exec(text) ?? []
  if (!isFileTool(toolFamily(tool))) return text
  return `${tool}(${foldWindowsPath(payload.trim().replace(/^\/{1,2}(?=[a-z]:)/i, ''))})`
}
