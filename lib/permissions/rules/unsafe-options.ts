import { systemProgram } from '../shell/effects/read-access.ts'
import { plainValue, type ShellWord } from '../shell/parse/word.ts'
import { skipGitOptions } from '../shell/tables/git-options.ts'

/**
 * Recognizes the words by which a program writes or runs something that a rule with only its name does not allow. Null for a
 * program without such words.
 */
export function unsafeOptions(words: readonly ShellWord[]): RegExp | null {
  const name = systemProgram(words[0]) ?? ''
  if (name !== 'git') return UNSAFE_OPTIONS.get(name) ?? null
  const subcommand = plainValue(words[skipGitOptions(words).subcommand]) ?? ''
  return UNSAFE_GIT_OPTIONS.get(subcommand) ?? GIT
}

/**
 * The word by which git is made to do what a rule with only its name does not allow: a setting that is not known to be harmless, or a
 * subcommand that serves other programs and people (`remote-ext`, `daemon`, `shell`), or is not known here. Null when there is none.
 */
export function unusualGitWord(words: readonly ShellWord[], covered: number): ShellWord | null {
  if (systemProgram(words[0]) !== 'git') return null
  const { subcommand } = skipGitOptions(words)
  const setting = words
    .slice(covered, subcommand)
    .find((word, at, options) => plainValue(options[at - 1]) === '-c' && !isHarmlessSetting(word))
  if (setting !== undefined) return setting
  const named = words[subcommand]
  const name = plainValue(named)
  // Of a loop, there are several.
  const isOrdinary =
    covered > subcommand || named === undefined || (name !== null && ORDINARY_SUBCOMMANDS.has(name))
  return isOrdinary ? null : (named ?? null)
}

/** The words that name what git creates or removes, which can be anywhere: other subcommands accept no file outside the work tree. */
export function placesOfGit(words: readonly ShellWord[], covered: number): readonly ShellWord[] {
  if (systemProgram(words[0]) !== 'git') return []
  const { subcommand } = skipGitOptions(words)
  const [name, action] = [plainValue(words[subcommand]), plainValue(words[subcommand + 1])]
  const named = words
    .slice(Math.max(covered, subcommand + 1))
    .filter((word) => !/^-[^=]*$/.test(word.values.at(0) ?? ''))
  const isPlace =
    name === 'init' ||
    (name === 'worktree' && /^(add|move|remove)$/.test(action ?? '')) ||
    (name === 'bundle' && action === 'create') ||
    name === 'fast-export'
  if (isPlace) return named
  // The first one is where it comes from. Options, whose values are words as well, can follow.
  const isCopied = name === 'clone' || (name === 'submodule' && action === 'add')
  const sources = name === 'clone' ? 1 : 2
  const skipped = Math.max(0, covered - subcommand - 1)
  return isCopied ? named.slice(Math.max(0, sources - skipped)) : []
}

function isHarmlessSetting(word: ShellWord): boolean {
  const setting = plainValue(word) ?? ''
  return HARMLESS_SETTING.test(setting) || SILENT_PROGRAM.test(setting)
}

const HARMLESS_SETTING =
  /^(user\.(name|email)|(color|advice|column|core|diff|log|status|push|pull|merge|rebase|init|commit|tag|gc|fetch|http)\.(ui|status|diff|branch|quotepath|autocrlf|eol|date|follow|algorithm|renames|renamelimit|default|defaultbranch|ff|rebase|autostash|autosquash|gpgsign|sort|auto|prune|conflictstyle|context|detachedhead|showstash|postbuffer|lowspeed\w+))(=|$)/i

const SILENT_PROGRAM = /^(core\.pager=cat|(core|sequence)\.editor=(true|:))$/i

/** What people and agents do with a repository. */
const ORDINARY_SUBCOMMANDS = new Set(
  `add am annotate apply archive bisect blame branch bundle cat-file check-attr check-ignore check-mailmap check-ref-format checkout
  cherry cherry-pick clean clone column commit commit-graph commit-tree config count-objects describe diff diff-files diff-index
  diff-tree fast-export fetch for-each-ref format-patch fsck gc grep hash-object help init interpret-trailers lfs log ls-files
  ls-remote ls-tree maintenance merge merge-base merge-tree mktag mktree mv name-rev notes pack-refs patch-id prune pull push
  range-diff read-tree rebase reflog remote repack replace request-pull rerere reset restore rev-list rev-parse revert rm shortlog
  show show-branch show-index show-ref sparse-checkout stash status stripspace submodule subtree switch symbolic-ref tag
  unpack-objects update-index update-ref var verify-commit verify-pack verify-tag version whatchanged worktree
  write-tree`.split(/\s+/),
)

/**
 * The indices of words that git takes as the value of the option before, whatever they begin with: messages, and names of new branches.
 * Ends at an option of which it is not known here whether it takes the next word. Another variable than those that are known to be
 * harmless can contain a secret, which would be stored.
 */
export function textValues(
  words: readonly ShellWord[],
  hasOnlyKnownVariables: boolean,
): ReadonlySet<number> {
  const found = new Set<number>()
  if (systemProgram(words[0]) !== 'git') return found
  const { subcommand } = skipGitOptions(words)
  const options = TEXT_OPTIONS.get(plainValue(words[subcommand]) ?? '')
  if (options === undefined) return found
  for (let at = subcommand + 1; at + 1 < words.length; at++) {
    const value = plainValue(words[at])
    if (value === null) break
    if (options.takesText.test(value)) {
      at++
      const word = words[at]
      if (word?.isOneWord !== true) break
      if (word.isCertain || hasOnlyKnownVariables) found.add(at)
    } else if (value.startsWith('-') && !options.flags.test(value)) break
  }
  return found
}

const LONG_FLAGS =
  '--(amend|no-edit|allow-empty|no-verify|signoff|no-ff|squash|annotate|quiet|force)'

const TEXT_OPTIONS: ReadonlyMap<string, { readonly takesText: RegExp; readonly flags: RegExp }> =
  new Map(
    (
      [
        ['commit', '-[aepsqvn]*m|--message', '-[aepsqvn]+'],
        ['tag', '-[afs]*m|--message', '-[afs]+'],
        ['merge', '-m', '-[nqv]+'],
        ['notes', '-m', '-f'],
        ['stash', '-m|--message', '-[uakq]+|--include-untracked|--keep-index'],
        ['checkout', '-[bB]', '-[fq]+'],
        ['switch', '-[cC]', '-[fq]+'],
      ] as const
    ).map(([name, takesText, flags]) => [
      name,
      {
        takesText: new RegExp(`^(${takesText})$`),
        flags: new RegExp(`^(${flags}|${LONG_FLAGS})$`),
      },
    ]),
  )

/** Long options can be shortened to what is unique. */
const GIT =
  /^--(out|open|exe|upl|rece|ext|text[a-z]|conf|templ|git-d|work-t|smtp|sendm|[tc][oc]-c|head[a-z]*-c|brow|http|reme|diff-m|bare$|uns(?!et)|build-f|sep)|^(ext|fd)::/

/** Letters follow others in one word. */
const UNSAFE_GIT_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  ...['archive', 'format-patch'].map((name): [string, RegExp] => [
    name,
    new RegExp(`${GIT.source}|^-[a-zA-Z]*o`),
  ]),
  ['grep', new RegExp(`${GIT.source}|^-[a-zA-Z]*O`)],
  // Settings of all repositories, and of any file.
  ['config', new RegExp(`${GIT.source}|^(-[a-z]*f|--fi[l=]|--fi$|--gl|--sy)`)],
  // They let the system start git later.
  ['maintenance', new RegExp(`${GIT.source}|^(start|register)$`)],
  ['interpret-trailers', new RegExp(`${GIT.source}|^--in`)],
  ['rebase', new RegExp(`${GIT.source}|^-[a-zA-Z]*x`)],
  ['difftool', new RegExp(`${GIT.source}|^-[a-zA-Z]*x`)],
  ['clone', new RegExp(`${GIT.source}|^-[a-zA-Z]*[uc]`)],
  ['read-tree', new RegExp(`${GIT.source}|^--ind`)],
  ...['gc', 'repack'].map((name): [string, RegExp] => [
    name,
    new RegExp(`${GIT.source}|^--expire-`),
  ]),
  ['instaweb', new RegExp(`${GIT.source}|^-[a-zA-Z]*[bd]`)],
])

/**
 * Settings of package managers as options: of another package, shell or configuration. They accept a beginning of a name, and
 * any number of dashes.
 */
const PACKAGE_SETTINGS = (
  'prefix cwd dir script-shell shell node-options userconfig globalconfig git editor viewer browser onload-script ' +
  'init-module config use-yarnrc preload'
).split(' ')

function beginningsOf(name: string): string {
  const [first = '', second = '', ...rest] = name
  return `${first}${second}${rest.map((letter) => `(?:${letter}`).join('')}${')?'.repeat(rest.length)}`
}

const PACKAGES = new RegExp(
  `^(?:-+(?:${PACKAGE_SETTINGS.map(beginningsOf).join('|')})(?:[=.]|$)|-C)`,
)

/** They run a program, or load a library into the compiler: linkers, plugins, another directory of programs. */
const COMPILER =
  /^(@|-wrapper|-B|-f(pass-)?plugin|--?specs|-fuse-ld=.*\/|--ld-path|-iplugindir|-W[al],.*(-plug|@)|--?(plugin|pref)|-Xclang|-cc1|-ccc-|-load|-mllvm|--config|--gcc-toolchain|-resource-dir)/

const CONNECTION = /^-\w*[FISD]/

const UNSAFE_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  ...['npm', 'pnpm', 'yarn', 'bun'].map((name): [string, RegExp] => [name, PACKAGES]),
  ...['gcc', 'cc', 'g++', 'c++', 'clang', 'clang++'].map((name): [string, RegExp] => [
    name,
    COMPILER,
  ]),
  ['ld', /^--?plugin/],
  [
    'rustc',
    /^(@|-Z|--sysroot|--ext|-L|\+.*\/)|^((-C|--codegen)=?)?(linker=|llvm-args=.*load|passes=|link-args?=.*(-B|-fuse|plugin|specs|wrapper))/,
  ],
  ['javac', /^(@|-J|--?processor|-Xplugin)/],
  ...['ssh', 'scp', 'sftp'].map((name): [string, RegExp] => [name, CONNECTION]),
  ['find', /^-(delete|fls|fprint|fprint0|fprintf)$/],
  ['sed', /^(-[a-zA-Z]*i|--i|-[a-zA-Z]*f|--fi)/],
  ['sort', /^-\w*[oT]|^--(o|te|c.*prog)/],
  ['rg', /^--(pre|hostname-bin)/],
  [
    'tar',
    /^--(to-|checkpoint-|use-|rsh|rmt|in[fd]|new-v|vol|listed)|^-?[a-zA-Z]*[IF]|^-[a-zA-Z]*g|^[^-/][^/]*:/,
  ],
  ['man', /^-\w*[PHC]|^--(pa|ht|conf)/],
  ['less', /^(\+|-\w*[okO]|--(lo|LO|lesskey))/],
  ['go', /^--?(exec|toolexec|vettool|overlay|modfile|C)(=|$)|-extld|^-w$/],
  ['wget', /^(-\w*e|--exec)/],
  ...['ack', 'ag'].map((name): [string, RegExp] => [name, /^--(pager|ackrc)/]),
  ['cargo', /^(--config|--manifest-path|-C|\+.*\/)/],
  // A value can contain a function of make, which runs a program.
  ...['make', 'gmake'].map((name): [string, RegExp] => [
    name,
    /^--(ev|fi|makef|dir|inc)|^-\w*[fCIE]|^(SHELL|\.SHELLFLAGS|MAKE\w*)\W*=|^\w+\W*=.*[$`;&|<>]|^\w+\s*!/s,
  ]),
  ...['pip', 'pip3'].map((name): [string, RegExp] => [name, /^(--py|-p)/]),
  // A file of another place names programs: plugins for the login, build scripts.
  ...['kubectl', 'oc', 'helm'].map((name): [string, RegExp] => [name, /^--kubeconfig/]),
  ['gradle', /^(-[IpbcC]|--(init-script|project-d|build-f|settings-f|include-b|gradle-u))/],
  ['mvn', /^(-f|--file|-s|--settings|-gs|--global-s|-t|--toolchains|-Dmaven\.ext)/],
  // They run scripts, and a setting can name a program.
  [
    'cmake',
    /^(-[PC]|--toolchain)|^(-D)?\w*(COMPILER|LAUNCHER|TOOLCHAIN|INCLUDE|LINKER|PROGRAM|COMMAND|MODULE|RULE|FLAGS)\w*(:\w+)?=.*[/;]|^(-D)?CMAKE_(TOOLCHAIN|PROJECT_)\w*(:\w+)?=/i,
  ],
  ['ctest', /^(-S|--scr|--build-|--test-command)/],
  [
    'meson',
    /^(--w(r(a(p(p(er?)?)?)?)?)?(=|$)|--gdb|--native|--cross|--ninja|--internal$|devenv$|runpython$|exe$)/,
  ],
  // They grant something: another mode, trust, rules, a server.
  ...['letta', 'letta-workbench'].map((name): [string, RegExp] => [
    name,
    /^(--(yolo|permission-mode|trust|allowedTools|ignore-broken-settings)(=|$)|(trust|connect|login|accounts)$)/,
  ]),
  ['composer', /^(-d|--working-dir)/],
  ['uv', /^(-p|--(directory|project|config-file))/],
  ['virtualenv', /^-p/],
  ['zig', /^--(build-file|build-runner|zig-lib-dir)/],
  ...['poetry', 'pdm'].map((name): [string, RegExp] => [
    name,
    /^(-[CPp]|--(directory|project)|use$)/,
  ]),
  ['dotnet', /^(--project|-p:|\/p:)/],
  ['just', /^(-[fd]|--(justfile|working|shell|dotenv-))/],
  ['rake', /^(-[frRIG]|--(rakefile|libdir|require))/],
  ['bundle', /^--gemfile/],
  ['ninja', /^-[fC]/],
  ['pandoc', /^(-[a-zA-Z]*[FL]|--(fi|lua)|-t.*\.lua)/],
  ['protoc', /^--plugin/],
  ['openssl', /^-(engine|provider-path)/],
  ['curl', /^--(eng|prov)/],
  ['tcpdump', /^-\w*z/],
  ...['nm', 'ar', 'ranlib', 'strip', 'objdump'].map((name): [string, RegExp] => [
    name,
    /^--plugin/,
  ]),
  ['ssh-keygen', /^-\w*[Dw]/],
  ['ghc', /^(-pgm|-F$|-fplugin|-B)/],
  ...['pdflatex', 'xelatex', 'lualatex', 'latex'].map((name): [string, RegExp] => [
    name,
    /^--?(shell|enable-w)/,
  ]),
  ['latexmk', /^--?(e|r|pdflatex|latex|shell)/],
  ['terraform', /^--?(chdir|plugin-dir)/],
  // They set variables, which can be PATH.
  ['printf', /^-v|%[^a-zA-Z%]*[hlLjzt]*n/],
])

/**
 * The word by which a package manager changes its settings, which can name what it runs from then on: another shell, another copy of
 * itself, plugins. Null when there is none.
 */
export function settingsWord(words: readonly ShellWord[], covered: number): ShellWord | null {
  if (!PACKAGE_MANAGERS.has(systemProgram(words[0]) ?? '')) return null
  const at = possibleSubcommands(words).find((index) => {
    const [name, action] = words
      .slice(index)
      .filter((word) => !isOption(word))
      .map((word) => plainValue(word) ?? '')
    return (
      /^(set|set-config|set-script)$/.test(name ?? '') ||
      (SETTINGS.test(name ?? '') && !/^(get|list|ls|path|show|debug|)$/.test(action ?? ''))
    )
  })
  return at !== undefined && at >= covered ? (words[at] ?? null) : null
}

/** The operands that can be the subcommand: the first one, and one after what can be the value of an option. */
function possibleSubcommands(words: readonly ShellWord[]): readonly number[] {
  const found: number[] = []
  for (let at = 1; at < words.length; at++) {
    if (isOption(words[at])) continue
    found.push(at)
    const before = words[at - 1]?.text ?? ''
    if (!before.startsWith('-') || before.includes('=') || TAKES_NO_VALUE.test(before)) break
  }
  return found
}

const TAKES_NO_VALUE = /^(-[sqy]|--(silent|quiet|yes|verbose))$/

function isOption(word: ShellWord | undefined): boolean {
  return word?.text.startsWith('-') === true
}

/**
 * The option that names a program by its path, as written, of any program: `--python ./x`, `--pdf-engine=./x`. Null when there is
 * none.
 */
export function namedProgram(words: readonly ShellWord[], covered: number): ShellWord | null {
  const found = words.findIndex((word, at) => {
    if (at < covered || word.values.length === 0) return false
    return word.values.some((value) => {
      const [, attached] = PROGRAM_OPTION.exec(value) ?? [null, null]
      if (attached === null) return false
      const named = attached === undefined ? (words[at + 1]?.values ?? []) : [attached]
      return named.some((one) => PATH_OF_PROGRAM.test(one))
    })
  })
  return words[found] ?? null
}

const PROGRAM_OPTION =
  /^--?[\w.-]*(?:exec|executable|shell|cmd|command|wrapper|prog|program|runner|pager|editor|browser|linker|launcher|compiler|interpreter|python|engine|renderer|ppx|discover|plugin(?:-\w+)?)(?:[=:]([\s\S]*))?$/

/** A name with a scope, as `@types/x`, is a package. */
const PATH_OF_PROGRAM = /^[^@\s:=,-][^\s:=,]*\/|^[./~]/

/** How many words precede a program that is started as a module or a part of another one: `python3 -m pip`, `uv pip`. */
export function startedModule(words: readonly ShellWord[], covered: number): number {
  const program = systemProgram(words[0]) ?? ''
  const [, first = ''] = words.map((word) => plainValue(word) ?? '')
  // A rule for the interpreter allows any code.
  if (/^python[\d.]*$/.test(program)) return first === '-m' && covered > 2 ? 2 : 0
  const isPart = (program === 'uv' && first === 'pip') || program === 'corepack'
  return isPart && words.length > 1 ? 1 : 0
}

const PACKAGE_MANAGERS: ReadonlySet<string> = new Set(
  'npm pnpm yarn bun pip pip3 poetry composer conda'.split(' '),
)

/** `npm pkg set scripts.test=…` changes what `npm test` runs. */
const SETTINGS = /^(c|con(f(ig?)?)?|pkg?|pm|plugin|policies|self)$/
