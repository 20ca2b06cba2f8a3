import {
  type KnownText,
  literalWord,
  plainValue,
  type ShellWord,
  unknownWord,
} from '../parse/word.ts'
import {
  ENV,
  PARALLEL,
  SSH,
  TRANSPARENT_WRAPPER,
  WATCH,
  WRAPPERS,
  XARGS,
} from '../tables/wrapper-programs.ts'
import type { VariableAssignment } from '../types.ts'
import {
  assignedScripts,
  findLaunched,
  findLaunchedPrograms,
  isPackageRunner,
  scriptsOfOption,
} from './launchers.ts'
import { skipOptions } from './skip-options.ts'
import { unwrapPlain } from './unwrap-plain.ts'
import {
  createScriptLayer,
  EMPTY_LAYER,
  programName,
  type WrapperLayer,
  withScripts,
} from './wrapper-layer.ts'

interface WrappedCommand {
  readonly words: readonly ShellWord[]
  readonly assignments: readonly VariableAssignment[]
  /** The text fed to its standard input, if that is known. */
  readonly input: KnownText | null
}

/** Removes one wrapper from a command; null when neither its words nor its variables start another program. */
export function unwrap({ words, assignments, input }: WrappedCommand): WrapperLayer | null {
  const layer = unwrapWords(words, input)
  const scripts = assignedScripts(assignments)
  if (scripts.length === 0) return layer
  return withScripts(layer ?? EMPTY_LAYER, scripts)
}

function unwrapWords(words: readonly ShellWord[], input: KnownText | null): WrapperLayer | null {
  const program = programName(words[0])
  if (program === null) return null
  const special = SPECIAL.get(program)
  if (special !== undefined) return special(words, input)
  const wrapper = WRAPPERS.get(program)
  if (wrapper !== undefined) return unwrapPlain(words, wrapper)
  // `time -f x rm`: with POSIXLY_CORRECT, bash takes `time` for a program, and the rest for its words.
  if (program.startsWith('-')) return unwrapAnywhere(words, false, 1)
  const elsewhere = CONTAINER_PROGRAMS.get(program)
  if (elsewhere !== undefined) return unwrapElsewhere(words, elsewhere)
  if (ANY_WORD_WRAPPERS.has(program) || LOADER.test(program))
    return unwrapAnywhere(words, isPackageRunner(program), 1)
  const started = findLaunchedPrograms(program, words)
  return started === null
    ? null
    : withScripts(
        { ...EMPTY_LAYER, commands: started.commands, isElsewhere: isPackageRunner(program) },
        started.scripts,
      )
}

type UnwrapFunction = (words: readonly ShellWord[], input: KnownText | null) => WrapperLayer | null

const SPECIAL = new Map<string, UnwrapFunction>([
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
  ].map((name): [string, UnwrapFunction] => [name, unwrapShell]),
  ['env', unwrapEnv],
  ['xargs', unwrapXargs],
  ['find', unwrapFind],
  ['eval', (words) => createScriptLayer(afterDashes(words), {})],
  [
    'trap',
    (words) => (words.length > 2 ? createScriptLayer(afterDashes(words).slice(0, 1), {}) : null),
  ],
  ['hash', unwrapHash],
  ['enable', (words) => (words.some(isLoading) ? { ...EMPTY_LAYER, isHidden: true } : null)],
  // It runs every program of a directory.
  ['run-parts', () => ({ ...EMPTY_LAYER, isHidden: true })],
  ['source', unwrapSource],
  ['.', unwrapSource],
  ['at', unwrapAt],
  ['batch', unwrapAt],
  ['watch', unwrapWatch],
  ['parallel', unwrapParallel],
  ['su', unwrapOption],
  ['runuser', unwrapOption],
  ['script', unwrapOption],
  ['capsh', unwrapOption],
  ['flock', unwrapOption],
  ['ssh', unwrapSsh],
])

function afterDashes(words: readonly ShellWord[]): readonly ShellWord[] {
  return words.slice(plainValue(words[1]) === '--' ? 2 : 1)
}

/** `hash -p PROGRAM NAME` runs a program by another name. */
function unwrapHash(words: readonly ShellWord[]): WrapperLayer | null {
  const programs = scriptsOfOption(words, /^-[a-z]*?p([\s\S]+)?$/)
  const commands = programs.map((program) => [program])
  const isHidden = words.slice(1).some((word) => !word.isCertain)
  return programs.length === 0 && !isHidden ? null : { ...EMPTY_LAYER, commands, isHidden }
}

/** `enable -f FILE NAME` loads machine code. */
function isLoading({ values, isCertain }: ShellWord): boolean {
  return !isCertain || values.some((value) => /^-[a-z]*f/.test(value))
}

/** Whether a script is read from a pipe or a descriptor instead of a file. */
function isStream(word: ShellWord): boolean {
  return word.values.length === 0 || word.values.some((value) => /\/(dev|proc)\//.test(value))
}

function unwrapSource(words: readonly ShellWord[], input: KnownText | null): WrapperLayer | null {
  const [file] = afterDashes(words)
  return file === undefined || !isStream(file)
    ? null
    : createStreamLayer(isInput(file) ? input : null)
}

/** Whether the stream is the command's own standard input, and not `<(…)` or another descriptor. */
function isInput({ values }: ShellWord): boolean {
  return values.length > 0 && values.every((value) => /\/(stdin|fd\/0)$/.test(value))
}

/** A layer that runs a text, or unknown commands when the text is null or a guess. */
function createStreamLayer(text: KnownText | null): WrapperLayer {
  return { ...EMPTY_LAYER, scripts: text?.values ?? [], isHidden: text?.isCertain !== true }
}

/** `bash -c SCRIPT`, `bash FILE`, or `bash` that runs its input. */
function unwrapShell(words: readonly ShellWord[], input: KnownText | null): WrapperLayer | null {
  const program = programName(words[0]) ?? ''
  let isPlain = /^(sh|bash|dash)$/.test(program)
  let reads = false
  let isFed = false
  for (let at = 1; at < words.length; at++) {
    const value = words[at]?.values.at(0)
    if (value === undefined) return { ...EMPTY_LAYER, isHidden: true }
    if (/^(-|--|\+)$/.test(value)) continue
    if (/^[-+]\w*[oO]$/.test(value) || value === '--rcfile' || value === '--init-file') {
      isPlain = false
      at++
    } else if (/^[-+]/.test(value)) {
      if (/^-[cefulx]+$/.test(value) === false) isPlain = false
      if (/^-\w*c/.test(value)) reads = true
      if (/^-\w*s/.test(value)) isFed = true
    } else if (reads) {
      return createScriptLayer(words.slice(at, at + 1), {
        isTransparent: isPlain && at === words.length - 1,
      })
    } else if (isFed) break
    else {
      const file = words[at]
      if (file === undefined || !isStream(file)) return null
      return createStreamLayer(isInput(file) ? input : null)
    }
  }
  if (words.length > 1 && words.every((word) => /^--?(version|help)$|^\w+$/.test(word.text)))
    return null
  return createStreamLayer(input)
}

/** Runs its input, unless it lists, prints or removes jobs. */
function unwrapAt(words: readonly ShellWord[], input: KnownText | null): WrapperLayer | null {
  const isQuery = words.some((word) => /^-(?:c|d|l|r|V)/.test(plainValue(word) ?? ''))
  return isQuery ? null : createStreamLayer(input)
}

/** With an option that is not known, each of the words could be where the script begins. */
function unwrapWatch(words: readonly ShellWord[]): WrapperLayer | null {
  const { start, isKnown } = skipOptions(words, WATCH)
  const layer = createScriptLayer(words.slice(start), {})
  return isKnown ? layer : withAnyWord(layer, words)
}

function withAnyWord(layer: WrapperLayer | null, words: readonly ShellWord[]): WrapperLayer | null {
  return { ...(layer ?? EMPTY_LAYER), commands: findLaunched(words, 1), innerIndex: null }
}

function unwrapEnv(words: readonly ShellWord[]): WrapperLayer | null {
  const { start, options, isKnown } = skipOptions(words, ENV)
  if (!isKnown) return unwrapPlain([literalWord('env'), ...words.slice(1)], TRANSPARENT_WRAPPER)
  const split = words.findIndex((word) => SPLIT_STRING.test(word.values.at(0) ?? ''))
  if (split > 0 && split < start) {
    const value = (words[split]?.values.at(0) ?? '').replace(SPLIT_STRING, '')
    const rest = words.slice(split + 1)
    // The split words can begin with options again.
    const splitWords = value === '' ? rest : [literalWord(value), ...rest]
    return splitWords.length === 0
      ? null
      : createScriptLayer([literalWord('env'), ...splitWords], {})
  }
  const layer = unwrapPlain([literalWord('env'), ...words.slice(start)], TRANSPARENT_WRAPPER)
  if (layer === null) return null
  const directory = options.some((one) => /^(-C|--chdir)/.test(one)) ? 'other' : 'same'
  // Options can remove variables that protect git from the repository's configuration.
  const isTransparent = options.length === 0
  return { ...layer, isTransparent, directory, innerIndex: (layer.innerIndex ?? 1) + start - 1 }
}

const SPLIT_STRING = /^(-\w*S|--s[a-z-]*=?)/

/** The program gets words from a file or a pipe, which are unknown or only a guess. */
function unwrapXargs(words: readonly ShellWord[], input: KnownText | null): WrapperLayer | null {
  const layer = unwrapPlain(words, XARGS)
  if (layer === null) return null
  const { options } = skipOptions(words, XARGS)
  const at = words.findIndex((word) => /^-\w*I$/.test(word.values.at(0) ?? ''))
  const attached = options.find((one) => /^-(I|i|-replace=)./.test(one))
  const mark = attached?.replace(/^-(I|i|-replace=)/, '') ?? words[at + 1]?.values.at(0) ?? '{}'
  const inputWords = (input?.values ?? []).flatMap((text) => text.match(/[^\s\0]+/g) ?? [])
  const guesses = inputWords.map((word) => ({ ...literalWord(word), isCertain: false }))
  const commands = layer.commands.map((inner) => [
    ...inner.map((word) => (word.text.includes(mark) ? { ...word, isCertain: false } : word)),
    ...guesses,
    unknownWord('…'),
  ])
  return { ...layer, commands }
}

function unwrapFind(words: readonly ShellWord[]): WrapperLayer | null {
  const commands: ShellWord[][] = []
  let innerIndex: number | null = null
  let isHidden = false
  for (let at = 1; at < words.length; at++) {
    const value = words[at]?.values.at(0)
    if (value === undefined || !/^-(exec|execdir|ok|okdir)$/.test(value)) continue
    let end = at + 1
    while (end < words.length && !/^[;+]$/.test(words[end]?.values.at(0) ?? '')) end++
    const inner = words.slice(at + 1, end)
    // A file name inside a script or an option becomes code or an option.
    isHidden ||= inner.some((word) => word.text !== '{}' && word.text.includes('{}'))
    innerIndex ??= at + 1
    commands.push(inner)
    at = end
  }
  return commands.length === 0 ? null : { ...EMPTY_LAYER, commands, innerIndex, isHidden }
}

function unwrapParallel(words: readonly ShellWord[]): WrapperLayer | null {
  const { start, isKnown, options } = skipOptions(words, PARALLEL)
  const rest = words.slice(start)
  const mark = rest.findIndex((word) => /^:::/.test(word.text))
  const command = mark < 0 ? rest : rest.slice(0, mark)
  if (command.length > 0) {
    const script = createScriptLayer([...command], {})
    const layer =
      script === null ? null : withGivenWords(script, rest.slice(command.length), options)
    return isKnown ? layer : withAnyWord(layer, words)
  }
  return withScripts({ ...EMPTY_LAYER, isHidden: mark < 0 }, rest.slice(mark + 1))
}

/** The words after `:::` complete the command, each alone: `git` becomes `git push`. */
function withGivenWords(
  layer: WrapperLayer,
  [mark, ...given]: readonly ShellWord[],
  options: readonly string[],
): WrapperLayer {
  const values = given.map((word) => plainValue(word))
  const areKnown = values.every((value) => value !== null && !/^:::/.test(value))
  // What a pipe or a file adds to it is not known, nor what another mark than `{}` becomes: `{1}`, or `,,` after `-I ,,`.
  if (mark?.text !== ':::' || !areKnown || hasOtherMark(layer, options))
    return { ...layer, isHidden: true }
  const completed = layer.scripts.flatMap((script) =>
    values.map((value) =>
      script.includes('{}') ? script.replaceAll('{}', () => value ?? '') : `${script} ${value}`,
    ),
  )
  return { ...layer, scripts: [...layer.scripts, ...completed] }
}

function hasOtherMark({ scripts }: WrapperLayer, options: readonly string[]): boolean {
  return (
    options.some((one) => /^-(I|i|-?replace)/.test(one)) ||
    scripts.some((script) => /\{[^{}]+\}/.test(script))
  )
}

/** `su -c SCRIPT`, `flock FILE -c SCRIPT`, `flock FILE PROGRAM …`. */
function unwrapOption(words: readonly ShellWord[]): WrapperLayer | null {
  const scripts = scriptsOfOption(words, SCRIPT_OPTION)
  const layer = unwrapAnywhere(words, false, 1)
  return scripts.length === 0 ? layer : withScripts(layer ?? EMPTY_LAYER, scripts)
}

/** `-c SCRIPT`, `-cSCRIPT`, `--command=SCRIPT` and its abbreviations. */
const SCRIPT_OPTION = /^(?:-[a-zA-Z]*?c([\s\S]+)?|--c[a-z]*(?:=([\s\S]*))?)$/

/** Options can also follow the host. */
function unwrapSsh(words: readonly ShellWord[]): WrapperLayer | null {
  const { start } = skipOptions(words, SSH)
  const rest = words.slice(start)
  const script = rest.slice(skipOptions(rest, SSH).start)
  const layer = createScriptLayer(script, { isElsewhere: true })
  const own = findLaunchedPrograms('ssh', words)?.scripts ?? []
  return own.length === 0 ? layer : withScripts(layer ?? EMPTY_LAYER, own)
}

/** Wrappers whose option grammar is not modelled: every word could be the program. */
function unwrapAnywhere(
  words: readonly ShellWord[],
  isElsewhere: boolean,
  from: number,
): WrapperLayer | null {
  const commands = findLaunched(words, from)
  const started = findLaunchedPrograms(programName(words[0]) ?? '', words)
  if (commands.length === 0 && started === null) return null
  const layer = { ...EMPTY_LAYER, commands, isElsewhere, innerIndex: null }
  return withScripts(layer, started?.scripts ?? [])
}

/** `docker rm app` removes a container: only some subcommands start a program. */
function unwrapElsewhere(words: readonly ShellWord[], opening: RegExp | null): WrapperLayer | null {
  if (opening === null) return unwrapAnywhere(words, true, 1)
  const opened = words.findIndex((word, at) => {
    const value = plainValue(word)
    return at > 0 && (value === null || opening.test(value))
  })
  return opened < 0 ? null : unwrapAnywhere(words, true, opened + 1)
}

/** Containers and other machines, with the words that precede a program; null when every word can. */
const CONTAINER_PROGRAMS: ReadonlyMap<string, RegExp | null> = new Map<string, RegExp | null>([
  ['docker', /^(run|exec|create)$/],
  ['podman', /^(run|exec|create)$/],
  ['nerdctl', /^(run|exec|create)$/],
  ['docker-compose', /^(run|exec)$/],
  ['podman-compose', /^(run|exec)$/],
  ['kubectl', /^(run|exec|debug|--)$/],
  ['oc', /^(run|exec|rsh|debug|--)$/],
  ['vagrant', null],
  ['lxc', null],
  ['adb', null],
  ['wsl', null],
])

/** The loaders of shared libraries, and emulators of a processor, which run the program that they are given. */
const LOADER =
  /^(ld(\.so|64\.so|-linux[\w-]*\.so|-musl[\w-]*\.so)[.\d]*|qemu-(?!system|img|io|nbd)\w+(-static)?)$/

const ANY_WORD_WRAPPERS = new Set([
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
  ...['dtach', 'abduco', 'run-one', 'pipx', 'xcrun', 'launchctl'],
  ...['cmd', 'cmd.exe', 'powershell.exe', 'pwsh.exe', 'devbox', 'devenv'],
  ...['systemd-inhibit', 'heaptrack', 'coreutils', 'clush', 'pdsh', 'mosh', 'sshpass', 'autossh'],
  ...['tsocks', 'aa-exec', 'kcov', 'foreman', 'honcho', 'timelimit', 'nocache', 'hugectl', 'lckdo'],
  ...['with-lock', 'envchain', 'teller', 'summon', 'berglas', 'dotenvx', 'onchange', 'forever'],
  ...['gnome-terminal', 'kitty', 'foot', 'wezterm', 'gdbserver', 'box64', 'box86'],
  ...['dotenv', 'direnv', 'chpst', 'setuidgid', 'catchsegv', 'cgexec', 'run0'],
])
