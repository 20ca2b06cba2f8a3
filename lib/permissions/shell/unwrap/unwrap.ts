import { literalWord, plainValue, type ShellWord, unknownWord } from '../parse/word.ts'
import type { Assigned } from '../types.ts'
import { assignedScripts, findLaunched, launched, runsPackages } from './launchers.ts'
import { type Layer, NOTHING, ofScript, programOf, withScripts } from './wrapper-layer.ts'
import { CLEAR, PLAIN, skipOptions, unwrapPlain, WRAPPERS } from './wrappers.ts'

export interface Wrapped {
  readonly words: readonly ShellWord[]
  readonly assignments: readonly Assigned[]
  /** The text that it is fed with, if that is known. */
  readonly input: string | null
}

/** Takes one wrapper off a command; null when it is none, and its variables start nothing either. */
export function unwrap({ words, assignments, input }: Wrapped): Layer | null {
  const layer = unwrapWords(words, input)
  const scripts = assignedScripts(assignments)
  if (scripts.length === 0) return layer
  return withScripts(layer ?? NOTHING, scripts)
}

function unwrapWords(words: readonly ShellWord[], input: string | null): Layer | null {
  const program = programOf(words[0])
  if (program === null) return null
  const special = SPECIAL.get(program)
  if (special !== undefined) return special(words, input)
  const wrapper = WRAPPERS.get(program)
  if (wrapper !== undefined) return unwrapPlain(words, wrapper)
  const elsewhere = ELSEWHERE.get(program)
  if (elsewhere !== undefined) return unwrapElsewhere(words, elsewhere)
  if (SUFFIXED.has(program)) return unwrapAnywhere(words, runsPackages(program), 1)
  const started = launched(program, words)
  return started === null
    ? null
    : withScripts(
        { ...NOTHING, commands: started.commands, isElsewhere: runsPackages(program) },
        started.scripts,
      )
}

type Unwrap = (words: readonly ShellWord[], input: string | null) => Layer | null

const SPECIAL = new Map<string, Unwrap>([
  ...[
    'sh',
    'bash',
    'dash',
    'zsh',
    'ksh',
    'ash',
    'fish',
    'mksh',
    'yash',
    'rbash',
    'csh',
    'tcsh',
  ].map((name): [string, Unwrap] => [name, unwrapShell]),
  ['env', unwrapEnv],
  ['xargs', unwrapXargs],
  ['find', unwrapFind],
  ['eval', (words) => ofScript(afterDashes(words), {})],
  ['trap', (words) => (words.length > 2 ? ofScript(afterDashes(words).slice(0, 1), {}) : null)],
  ['source', unwrapSource],
  ['.', unwrapSource],
  ['at', (_, input) => (input === null ? null : { ...NOTHING, scripts: [input] })],
  ['batch', (_, input) => (input === null ? null : { ...NOTHING, scripts: [input] })],
  ['watch', (words) => ofScript(words.slice(skipOptions(words, WATCH).start), {})],
  ['parallel', unwrapParallel],
  ['su', unwrapOption],
  ['runuser', unwrapOption],
  ['script', unwrapOption],
  ['flock', unwrapOption],
  ['ssh', unwrapSsh],
])

function afterDashes(words: readonly ShellWord[]): readonly ShellWord[] {
  return words.slice(plainValue(words[1]) === '--' ? 2 : 1)
}

/** What is read from a pipe or a descriptor is no file that anybody has seen. */
function isStream(word: ShellWord): boolean {
  return word.values.length === 0 || word.values.some((value) => /\/(dev|proc)\//.test(value))
}

function unwrapSource(words: readonly ShellWord[], input: string | null): Layer | null {
  const [file] = afterDashes(words)
  return file === undefined || !isStream(file) ? null : running(isInput(file) ? input : null)
}

/** A stream that is not what stands before it in the pipe: `<(…)`, another descriptor. */
function isInput({ values }: ShellWord): boolean {
  return values.length > 0 && values.every((value) => /\/(stdin|fd\/0)$/.test(value))
}

/** Runs a text, or what nobody can tell. */
function running(text: string | null): Layer {
  return text === null ? { ...NOTHING, isHidden: true } : { ...NOTHING, scripts: [text] }
}

const WATCH = { short: 'nq', long: ['interval', 'equexit'] }

/** `bash -c SCRIPT`, `bash FILE`, or `bash` that runs what it is fed. */
function unwrapShell(words: readonly ShellWord[], input: string | null): Layer | null {
  const program = programOf(words[0]) ?? ''
  let isPlain = /^(sh|bash|dash)$/.test(program)
  let reads = false
  let isFed = false
  for (let at = 1; at < words.length; at++) {
    const value = words[at]?.values.at(0)
    if (value === undefined) return { ...NOTHING, isHidden: true }
    if (/^(-|--|\+)$/.test(value)) continue
    if (/^[-+]\w*[oO]$/.test(value) || value === '--rcfile' || value === '--init-file') {
      isPlain = false
      at++
    } else if (/^[-+]/.test(value)) {
      if (/^-[ceulx]+$/.test(value) === false) isPlain = false
      if (/^-\w*c/.test(value)) reads = true
      if (/^-\w*s/.test(value)) isFed = true
    } else if (reads) {
      return ofScript(words.slice(at, at + 1), {
        isTransparent: isPlain && at === words.length - 1,
      })
    } else if (isFed) break
    else {
      const file = words[at]
      if (file === undefined || !isStream(file)) return null
      return running(isInput(file) ? input : null)
    }
  }
  if (words.length > 1 && words.every((word) => /^--?(version|help)$|^\w+$/.test(word.text)))
    return null
  return running(input)
}

function unwrapEnv(words: readonly ShellWord[]): Layer | null {
  const { start, options } = skipOptions(words, {
    short: 'uCSaP',
    long: ['unset', 'chdir', 'split-string', 'argv0'],
  })
  const split = words.findIndex((word) => /^(-\w*S|--split-string)/.test(word.values.at(0) ?? ''))
  if (split > 0 && split < start) {
    const value = (words[split]?.values.at(0) ?? '').replace(/^(-\w*S|--split-string=?)/, '')
    const rest = words.slice(split + 1)
    // What it splits may begin with options again.
    const given = value === '' ? rest : [literalWord(value), ...rest]
    return given.length === 0 ? null : ofScript([literalWord('env'), ...given], {})
  }
  const layer = unwrapPlain([literalWord('env'), ...words.slice(start)], CLEAR)
  if (layer === null) return null
  const folder = options.some((one) => /^(-C|--chdir)/.test(one)) ? 'other' : 'same'
  // Without the variables that it is given, git listens to the repository's configuration.
  const isTransparent = options.length === 0
  return { ...layer, isTransparent, folder, innerAt: (layer.innerAt ?? 1) + start - 1 }
}

/** The program gets words from a file or a pipe, which nobody has seen, or only as a guess. */
function unwrapXargs(words: readonly ShellWord[], input: string | null): Layer | null {
  const wrapper = WRAPPERS.get('xargs') ?? PLAIN
  const layer = unwrapPlain(words, wrapper)
  const [inner] = layer?.commands ?? []
  if (layer === null || inner === undefined) return null
  const { options } = skipOptions(words, wrapper)
  const at = words.findIndex((word) => /^-\w*I$/.test(word.values.at(0) ?? ''))
  const attached = options.find((one) => /^-(I|i|-replace=)./.test(one))
  const mark = attached?.replace(/^-(I|i|-replace=)/, '') ?? words[at + 1]?.values.at(0) ?? '{}'
  const marked = inner.map((word) =>
    word.text.includes(mark) ? { ...word, isCertain: false } : word,
  )
  const fed = (input ?? '').split(/[\s\0]+/).filter((word) => word !== '')
  const guesses = fed.map((word) => ({ ...literalWord(word), isCertain: false }))
  return { ...layer, commands: [[...marked, ...guesses, unknownWord('…')]] }
}

function unwrapFind(words: readonly ShellWord[]): Layer | null {
  const commands: ShellWord[][] = []
  let innerAt: number | null = null
  let isHidden = false
  for (let at = 1; at < words.length; at++) {
    const value = words[at]?.values.at(0)
    if (value === undefined || !/^-(exec|execdir|ok|okdir)$/.test(value)) continue
    let end = at + 1
    while (end < words.length && !/^[;+]$/.test(words[end]?.values.at(0) ?? '')) end++
    const inner = words.slice(at + 1, end)
    // A file's name inside a script or an option is code or an option, too.
    isHidden ||= inner.some((word) => word.text !== '{}' && word.text.includes('{}'))
    innerAt ??= at + 1
    commands.push(inner)
    at = end
  }
  return commands.length === 0 ? null : { ...NOTHING, commands, innerAt, isHidden }
}

function unwrapParallel(words: readonly ShellWord[]): Layer | null {
  const { start } = skipOptions(words, { short: 'jIaSND', long: ['jobs', 'arg-file', 'delay'] })
  const rest = words.slice(start)
  const mark = rest.findIndex((word) => /^:::/.test(word.text))
  const command = mark < 0 ? rest : rest.slice(0, mark)
  if (command.length > 0) return ofScript([...command], {})
  const scripts = rest.slice(mark + 1).map((word) => word.values.at(0) ?? word.text)
  return { ...NOTHING, scripts, isHidden: mark < 0 }
}

/** `su -c SCRIPT`, `flock FILE -c SCRIPT`, `flock FILE PROGRAM …`, whose own options may look the same. */
function unwrapOption(words: readonly ShellWord[]): Layer | null {
  const scripts = words.flatMap((word, at) => {
    const value = word.values.at(0) ?? ''
    if (value.startsWith('--command=')) return [{ ...word, values: [value.slice(10)] }]
    const next = words[at + 1]
    return /^(-\w*c|--command)$/.test(value) && next !== undefined ? [next] : []
  })
  const layer = unwrapAnywhere(words, false, 1)
  return scripts.length === 0 ? layer : withScripts(layer ?? NOTHING, scripts)
}

/** Options may follow the host, too. */
function unwrapSsh(words: readonly ShellWord[]): Layer | null {
  const options = { short: 'BbcDEeFIiJLlmOoPpQRSWw', long: [] }
  const { start } = skipOptions(words, options)
  const rest = words.slice(start)
  const script = rest.slice(skipOptions(rest, options).start)
  const layer = ofScript(script, { isElsewhere: true, isHidden: false })
  const own = launched('ssh', words)?.scripts ?? []
  return own.length === 0 ? layer : withScripts(layer ?? NOTHING, own)
}

/** Wrappers with more options than are worth knowing: any word may be the program. */
function unwrapAnywhere(
  words: readonly ShellWord[],
  isElsewhere: boolean,
  from: number,
): Layer | null {
  const commands = findLaunched(words, from)
  const started = launched(programOf(words[0]) ?? '', words)
  if (commands.length === 0 && started === null) return null
  const layer = { ...NOTHING, commands, isElsewhere, innerAt: null }
  return withScripts(layer, started?.scripts ?? [])
}

/** `docker rm app` takes away a container; only some of the sub-commands start a program. */
function unwrapElsewhere(words: readonly ShellWord[], opening: RegExp | null): Layer | null {
  if (opening === null) return unwrapAnywhere(words, true, 1)
  const opened = words.findIndex((word, at) => {
    const value = plainValue(word)
    return at > 0 && (value === null || opening.test(value))
  })
  return opened < 0 ? null : unwrapAnywhere(words, true, opened + 1)
}

/** Containers and other machines, with the words that a program follows; null where it may follow any. */
const ELSEWHERE: ReadonlyMap<string, RegExp | null> = new Map<string, RegExp | null>([
  ['docker', /^(run|exec|create)$/],
  ['podman', /^(run|exec|create)$/],
  ['nerdctl', /^(run|exec|create)$/],
  ['kubectl', /^(run|exec|debug|--)$/],
  ['vagrant', null],
  ['lxc', null],
  ['adb', null],
  ['wsl', null],
])

const SUFFIXED = new Set([
  ...['unshare', 'nsenter', 'systemd-run', 'firejail', 'bwrap', 'fakeroot', 'proxychains'],
  ...['eatmydata', 'valgrind', 'perf', 'hyperfine', 'entr', 'faketime', 'xvfb-run', 'setpriv'],
  ...['prlimit', 'numactl', 'unbuffer', 'rlwrap', 'caffeinate', 'arch', 'choom', 'pkexec', 'gosu'],
  ...['su-exec', 'dbus-run-session', 'torsocks', 'torify', 'softlimit', 'setarch', 'linux64'],
  ...['npx', 'bunx', 'pnpx', 'uvx', 'corepack', 'nix-shell', 'screen', 'tsp', 'hyperfine', 'xterm'],
  ...['proxychains4', 'linux32', 'i386', 'x86_64', 'cross-env', 'env-cmd', 'nodemon', 'watchexec'],
  ...[
    'concurrently',
    'cpulimit',
    'tini',
    'dumb-init',
    's6-setuidgid',
    'start-stop-daemon',
    'retry',
  ],
  ...['machinectl', 'proot', 'fakechroot', 'trickle', 'dbus-launch', 'ssh-agent', 'gpg-agent'],
  ...['daemonize', 'chronic', 'ifne', 'ts', 'mispipe', 'runcon', 'sg', 'envdir', 'setlock'],
  ...['ccache', 'bear', 'rr', 'gdb', 'steam-run', 'distrobox', 'toolbox', 'flatpak', 'sem'],
  ...['dotenv', 'direnv', 'chpst', 'setuidgid', 'catchsegv', 'cgexec', 'run0'],
])
