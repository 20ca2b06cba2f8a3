import { DECLARING_COMMANDS } from '../parse/variables.ts'
import { firstValue, guessedValues, plainValue, type ShellWord } from '../parse/word.ts'
import { skipGitOptions } from '../tables/git-options.ts'
import type { VariableAssignment } from '../types.ts'

/** What a program starts that is not a wrapper itself but accepts a program or a script among its words. */
interface LaunchedPrograms {
  readonly commands: readonly (readonly ShellWord[])[]
  readonly scripts: readonly ShellWord[]
}

/** Finds programs and scripts among the words of a command; null when there are none. */
export function findLaunchedPrograms(
  program: string,
  words: readonly ShellWord[],
): LaunchedPrograms | null {
  const scripts = [...scriptOptions(program, words), ...scriptOperands(program, words)]
  const commands = launchedBySubcommand(program, words)
  return scripts.length + commands.length === 0 ? null : { commands, scripts }
}

/** The values of variables that other programs run as commands. */
export function assignedScripts(assignments: readonly VariableAssignment[]): readonly ShellWord[] {
  return assignments.filter(({ name }) => EXECUTED_VARIABLE.test(name)).map(({ value }) => value)
}

const EXECUTED_VARIABLE =
  /(COMMAND|PAGER|EDITOR|VISUAL|BROWSER|ASKPASS|LESSOPEN|LESSCLOSE|GIT_EXTERNAL_DIFF|GIT_SSH|^PS[0-4]|^SHELL)$/

/** Programs made to run programs of packages: a rule that allows one of them by name includes those. */
export function isPackageRunner(program: string): boolean {
  return PACKAGES.has(program)
}

const PACKAGES = new Set(
  'npm npx pnpm pnpx yarn bun bunx poetry pipenv pdm hatch rye uv uvx conda mamba bundle corepack'.split(
    ' ',
  ),
)

/** Subcommands that are followed by a program. */
const LAUNCHING_SUBCOMMANDS: ReadonlyMap<string, RegExp> = new Map([
  ...each('npm pnpm yarn bun', /^(exec|x|dlx)$/),
  ...each('poetry pipenv pdm hatch rye conda mamba micromamba', /^run$/),
  ...each('uv', /^(run|x)$/),
  ...each('bundle rbenv pyenv nodenv asdf nvm fnm', /^exec$/),
  ...each('mise volta', /^(exec|x|run)$/),
  ...each('nix', /^(run|develop|shell|-c|--command)$/),
  ...each('git', /^run$/),
  ...each(
    'tmux',
    /^(new|new-session|neww|new-window|splitw|split-window|respawn-pane|run|run-shell)$/,
  ),
  ...each('aws-vault chamber envchain doppler infisical op', /^(exec|run)$/),
  ...each('rustup heroku snap pixi zellij', /^run$/),
  ...each('ip nomad', /^exec$/),
  ...each('consul', /^(exec|lock)$/),
  ...each('etcdctl', /^(lock|watch)$/),
  ...each('guix', /^(shell|environment)$/),
  ...each('cmake', /^-E$/),
  ...each('meson', /^(devenv|exe|--internal)$/),
  ...each('fd fdfind', /^(-[a-zA-Z]*[xX]|--exec(-batch)?)$/),
])

function each(names: string, what: RegExp): readonly (readonly [string, RegExp])[] {
  return names.split(' ').map((name) => [name, what])
}

function launchedBySubcommand(
  program: string,
  words: readonly ShellWord[],
): readonly (readonly ShellWord[])[] {
  const opening = LAUNCHING_SUBCOMMANDS.get(program)
  if (opening === undefined) return []
  const opened = words.findIndex((word, at) => at > 0 && opening.test(plainValue(word) ?? ''))
  if (opened < 0 || (program === 'git' && plainValue(words[opened - 1]) !== 'bisect')) return []
  return findLaunched(words, opened + 1)
}

/** Every word from an index on could be the program. */
export function findLaunched(
  words: readonly ShellWord[],
  from: number,
): readonly (readonly ShellWord[])[] {
  return words.slice(from, from + MAX_LAUNCH_CANDIDATES).flatMap((word, at) => {
    const isOption = (word.values.at(0) ?? '').startsWith('-')
    return isOption ? [] : [words.slice(from + at)]
  })
}

/** Enough for the options of any of them. */
const MAX_LAUNCH_CANDIDATES = 24

/** Options whose value is run: attached (the groups) or the next word. */
const EXECUTED_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  [
    'git',
    executed(
      '',
      `exec extcmd open-files-in-pager upload-pack receive-pack setup-filter env-filter tree-filter index-filter
      parent-filter msg-filter commit-filter tag-name-filter`,
    ),
  ],
  ['rsync', executed('e', 'rsh rsync-path')],
  ['scp', executed('S')],
  ['sftp', executed('S')],
  ['sort', executed('', 'compress-program')],
  ['rg', executed('', 'pre hostname-bin')],
  ['man', executed('PH', 'pager html')],
  ['zip', /^(?:-\w*TT|--unz[a-z-]*)(?:=(.+))?$/],
  ['wget', executed('', 'use-askpass')],
  ['gdb', /^--?(?:ex|iex|ev[a-z-]*|init-ev[a-z-]*)(?:=(.+))?$/],
  ['lldb', executed('oO', 'one-line one-line-before-file')],
  ...each('mapfile readarray complete compgen', executed('C')),
  ['hyperfine', executed('pcs', 'prepare cleanup setup conclude')],
  ...each('fd fdfind', executed('', 'exec exec-batch')),
  ['ag', executed('', 'pager')],
  ['go', /^--?(?:exec|toolexec)(?:=(.+))?$/],
  ['nix-shell', executed('', 'run command')],
  ['xterm', executed('e')],
  ['meson', executed('', 'wrapper gdb-path')],
  ['ctest', executed('', 'test-command')],
  ['split', executed('', 'filter')],
  ['nodemon', executed('x', 'exec')],
  ['entr', /^-\w*s(.+)?$/],
  ['cargo', executed('s', 'shell')],
  ...each('npm npx pnpm', executed('c', 'call')),
  ...each('vim vi nvim ex view gvim', /^(?:-\w*c|--cmd|\+(.+))$/),
  ...each('less more', /^\+(.+)$/),
  ...each(
    'tar gtar bsdtar',
    executed('IF', 'to-command use-compress-program info-script new-volume-script rsh-command'),
  ),
])

/** Short options, also after others in one word, and long options with all their abbreviations of two letters and more. */
function executed(letters: string, long = ''): RegExp {
  const words = long.split(/\s+/).map((name) => {
    const [first = '', second = '', ...rest] = name
    return first + second + rest.map((letter) => `(?:${letter}`).join('') + ')?'.repeat(rest.length)
  })
  const short = letters === '' ? [] : [`-[a-zA-Z\\d]*?[${letters}](?:=?([\\s\\S]+))?`]
  const named = long === '' ? [] : [`--(?:${words.join('|')})(?:=([\\s\\S]+))?`]
  return new RegExp(`^(?:${[...short, ...named].join('|')})$`)
}

function scriptOptions(program: string, words: readonly ShellWord[]): readonly ShellWord[] {
  const option = EXECUTED_OPTIONS.get(program)
  if (option === undefined) return []
  return scriptsOfOption(words, option).map(stripShellMarker)
}

/** The values of an option that is matched with its attached value: attached, or the next word. */
export function scriptsOfOption(words: readonly ShellWord[], option: RegExp): readonly ShellWord[] {
  return words.slice(1).flatMap((word, at) =>
    guessedValues(word).flatMap((value) => {
      const found = option.exec(value)
      if (found === null) return []
      const attached = found.slice(1).find((group) => group !== undefined)
      const script = attached === undefined ? words[at + 2] : withValue(word, attached)
      return script === undefined ? [] : [script]
    }),
  )
}

/** A part of a word: unknown when the word is. */
function withValue(word: ShellWord, value: string): ShellWord {
  return { ...word, values: word.values.length === 0 ? [] : [value] }
}

/** Editors, debuggers and aliases mark shell commands as `!rm`, `:!rm` or `shell rm`. */
function stripShellMarker(word: ShellWord): ShellWord {
  return { ...word, values: word.values.map((value) => value.replace(/^:?!+|^shell\s+/, '')) }
}

/** Operands that are scripts. */
function scriptOperands(program: string, words: readonly ShellWord[]): readonly ShellWord[] {
  const operands = words.slice(1).filter((word) => !/^[-+]/.test(word.values.at(0) ?? ''))
  if (program === 'git') return gitScripts(words)
  if (/^(g|bsd)?tar$/.test(program)) return tarScripts(words)
  if (/^(ssh|scp|sftp)$/.test(program)) return connectionScripts(words)
  if (program === 'alias') return operands.map(afterEquals)
  if (DECLARING_COMMANDS.has(program)) {
    return operands
      .filter((word) => EXECUTED_VARIABLE.test((word.values.at(0) ?? '').split('=')[0] ?? ''))
      .map(afterEquals)
  }
  if (program === 'hyperfine' || program === 'concurrently') return operands
  if (program === 'tmux' || program === 'screen') {
    return operands.filter((word) => /\s/.test(word.values.at(0) ?? ''))
  }
  return []
}

/** `-o ProxyCommand=…`, in one word or two. */
function connectionScripts(words: readonly ShellWord[]): readonly ShellWord[] {
  return scriptsOfOption(words, /^(?:-\w*?o\s*)?[a-z]+Command\s*[= ]\s*(.+)$/i)
}

/** `--checkpoint-action=exec=SCRIPT`, and letters in one word, whose values follow in order: `tar xIf SCRIPT FILE`. */
function tarScripts(words: readonly ShellWord[]): readonly ShellWord[] {
  const actions = scriptsOfOption(words, /^--ch[a-z-]*=exec=([\s\S]+)$/)
  const isBundle = /^-?[a-zA-Z]*[IF][a-zA-Z]*$/.test(words[1]?.values.at(0) ?? '')
  return isBundle ? [...actions, ...words.slice(2, 4)] : actions
}

function afterEquals(word: ShellWord): ShellWord {
  return { ...word, values: word.values.map((value) => value.replace(/^[^=]*=/, '')) }
}

/** `-c core.pager=…`, `-c alias.x='!…'`, `submodule foreach …`. */
function gitScripts(words: readonly ShellWord[]): readonly ShellWord[] {
  const settings = words.flatMap((word, at) => {
    if (plainValue(words[at - 1]) !== '-c') return []
    // It could be any setting.
    if (!word.isCertain && !/^[\w.-]+=/.test(word.text)) return [word]
    const value = firstValue(word)
    return EXECUTED_GIT_SETTING.test(value) ? [toScript(value, afterEquals(word))] : []
  })
  const settingIndex = words.findIndex((word) => EXECUTED_GIT_SETTING.test(plainValue(word) ?? ''))
  const savedValue = words[settingIndex + 1]
  const isConfig = settingIndex > 0 && words.some((word) => plainValue(word) === 'config')
  if (isConfig && savedValue !== undefined)
    settings.push(toScript(plainValue(words[settingIndex]) ?? '', savedValue))
  settings.push(...subcommandScripts(words))
  const each = words.findIndex((word) => plainValue(word) === 'foreach')
  const rest = each < 0 ? [] : words.slice(each + 1).filter(({ text }) => !text.startsWith('-'))
  const [first, ...others] = rest
  if (first === undefined) return settings
  const script = [first, ...others].map(firstValue).join(' ')
  const isCertain = rest.every((word) => plainValue(word) !== null)
  return [...settings, { ...first, values: [script], isCertain }]
}

/** The values of short options that only some subcommands run: `rebase -ix SCRIPT`, `grep -nO PROGRAM`, `clone -qu PROGRAM`. */
function subcommandScripts(words: readonly ShellWord[]): readonly ShellWord[] {
  const { subcommand } = skipGitOptions(words)
  const option = EXECUTED_GIT_OPTIONS.get(plainValue(words[subcommand]) ?? '')
  return option === undefined ? [] : scriptsOfOption(words.slice(subcommand), option)
}

const EXECUTED_GIT_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  ...each('rebase difftool', /^-[a-zA-Z]*?x([\s\S]+)?$/),
  ['grep', /^-[a-zA-Z]*?O([\s\S]+)$/],
  ['clone', /^-[a-zA-Z]*?u([\s\S]+)?$/],
])

/** A git alias without a shell marker is a git command. */
function toScript(setting: string, word: ShellWord): ShellWord {
  const isOwn = /^alias\./i.test(setting) && !/^\s*!/.test(word.values.at(0) ?? '')
  return isOwn
    ? { ...word, values: word.values.map((one) => `git ${one}`) }
    : stripShellMarker(word)
}

const EXECUTED_GIT_SETTING =
  /^[^=]*(alias\.|include|pager|editor|command|helper|driver|textconv|external|program|fsmonitor|hookspath|askpass|uploadpack|receivepack|protocol\.|proxy|insteadof|\.vcs|\.cmd|\.clean|\.smudge|\.process)/i
