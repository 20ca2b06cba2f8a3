import path from 'node:path'

/** One traced system call of a line, with its paths absolute and, where it succeeded, without links. */
export interface TracedCall {
  readonly name: string
  /** The program that made it: what its process last executed. */
  readonly program: string
  readonly paths: readonly string[]
  /** The first path as the program wrote it. */
  readonly named: string
  /** The flags of an open, the address of a connection. */
  readonly rest: string
  readonly hasFailed: boolean
  /** The words of the program that is executed, or that makes the call. */
  readonly words: readonly string[]
}

/**
 * Reads what `strace -f -y` has written about one line. The first program is the shell. Paths without
 * a directory are taken to be relative to `directory`.
 */
export function parseTrace(text: string, directory: string): readonly TracedCall[] {
  const calls: TracedCall[] = []
  const programs = new Map<string, string>()
  const started = new Map<string, readonly string[]>()
  const unfinished = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, pid = '', said = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? []
    const begun = /^(.*) <unfinished \.\.\.>$/.exec(said)
    if (begun !== null) {
      unfinished.set(pid, begun[1] ?? '')
      continue
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(said)
    const complete = resumed === null ? said : `${unfinished.get(pid) ?? ''}${resumed[1]}`
    const match = /^(\w+)\((.*)\)\s+= (-?\d+|\?)(.*)$/.exec(complete)
    if (match === null) continue
    const [, name = '', args = '', result = '', after = ''] = match
    const hasFailed = result.startsWith('-')
    const paths = pathsOfCall(args, directory, hasFailed ? null : /^<([^>]*)>/.exec(after)?.[1])
    const named = decode(/"((?:[^"\\]|\\.)*)"/.exec(args)?.[1] ?? '')
    const program = programs.get(pid) ?? 'bash'
    if (/^(clone3?|v?fork)$/.test(name)) {
      if (!programs.has(result)) programs.set(result, program)
      if (!started.has(result)) started.set(result, started.get(pid) ?? [])
      continue
    }
    const isExec = name.startsWith('exec')
    const words = isExec ? wordsOf(args) : (started.get(pid) ?? [])
    if (isExec && !hasFailed) {
      programs.set(pid, path.basename(paths[0] ?? ''))
      started.set(pid, words)
    }
    calls.push({
      name,
      program,
      named,
      paths: name.startsWith('readlink') ? paths.slice(0, 1) : paths,
      rest: args,
      hasFailed,
      words,
    })
  }
  return calls
}

/** Every quoted argument, relative to the directory that is written before it. */
function pathsOfCall(
  args: string,
  base: string,
  opened: string | null | undefined,
): readonly string[] {
  if (opened !== null && opened !== undefined) return [decode(opened)]
  const paths: string[] = []
  for (const [, directory, text = ''] of args.matchAll(
    /(?:(?:AT_FDCWD|\d+)<((?:[^>\\]|\\.)*)>, )?"((?:[^"\\]|\\.)*)"/g,
  )) {
    const file = decode(text)
    if (file === '' && directory !== undefined) paths.push(decode(directory))
    else paths.push(path.resolve(directory === undefined ? base : decode(directory), file))
    if (/^\["/.test(args)) break
  }
  return paths
}

function wordsOf(args: string): readonly string[] {
  const list = /\[(.*)\]/s.exec(args)?.[1] ?? ''
  return [...list.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => decode(text))
}

function decode(text: string): string {
  return text.replace(/\\([0-7]{1,3}|x[0-9a-f]{2}|.)/gs, (_, code: string) => {
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8))
    return ESCAPES[code] ?? code
  })
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' }
