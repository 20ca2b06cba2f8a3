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
 * Whether git is made to do what a rule with only its name does not allow: a setting that is not known to be harmless, or a subcommand
 * that serves other programs and people (`remote-ext`, `daemon`, `shell`), or is not known here.
 */
export function isUnusualGit(words: readonly ShellWord[], covered: number): boolean {
  if (systemProgram(words[0]) !== 'git') return false
  const { subcommand } = skipGitOptions(words)
  const setsOther = words
    .slice(covered, subcommand)
    .some((word, at, options) => plainValue(options[at - 1]) === '-c' && !isHarmlessSetting(word))
  const name = plainValue(words[subcommand])
  const isNamed = covered > subcommand
  return setsOther || (!isNamed && name !== null && !ORDINARY_SUBCOMMANDS.has(name))
}

function isHarmlessSetting(word: ShellWord): boolean {
  return HARMLESS_SETTING.test(plainValue(word) ?? '')
}

const HARMLESS_SETTING =
  /^(user\.(name|email)|(color|advice|column|core|diff|log|status|push|pull|merge|rebase|init|commit|tag|gc|fetch|http)\.(ui|status|diff|branch|quotepath|autocrlf|eol|pager=cat$|date|follow|algorithm|renames|renamelimit|default|defaultbranch|ff|rebase|autostash|gpgsign|sort|auto|prune|conflictstyle|context|detachedhead|showstash|postbuffer|lowspeed\w+))(=|$)/i

/** What people and agents do with a repository. */
const ORDINARY_SUBCOMMANDS = new Set(
  `add am annotate apply archive bisect blame branch bundle cat-file check-attr check-ignore checkout cherry cherry-pick clean clone
  commit config count-objects describe diff diff-files diff-index diff-tree fetch for-each-ref format-patch fsck gc grep hash-object
  help init log ls-files ls-remote ls-tree merge merge-base mv name-rev notes prune pull push range-diff rebase reflog
  remote repack replace reset restore rev-list rev-parse revert rm shortlog show show-branch show-ref sparse-checkout stash status
  submodule switch symbolic-ref tag update-index update-ref var verify-commit verify-tag version whatchanged worktree
  write-tree`.split(/\s+/),
)

/** Long options can be shortened to what is unique. */
const GIT =
  /^--(out|open|exe|upl|rece|ext|text[a-z]|conf|templ|git-d|work-t|smtp|sendm|[tc][oc]-c|head[a-z]*-c|brow|http|reme|diff-m|bare$|uns|build-f|sep)/

/** Letters follow others in one word. */
const UNSAFE_GIT_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  ...['archive', 'format-patch'].map((name): [string, RegExp] => [
    name,
    new RegExp(`${GIT.source}|^-[a-zA-Z]*o`),
  ]),
  ['grep', new RegExp(`${GIT.source}|^-[a-zA-Z]*O`)],
  ['rebase', new RegExp(`${GIT.source}|^-[a-zA-Z]*x`)],
  ['difftool', new RegExp(`${GIT.source}|^-[a-zA-Z]*x`)],
  ['clone', new RegExp(`${GIT.source}|^-[a-zA-Z]*[uc]`)],
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

const COMPILER = /^(@|-wrapper|-B|-fplugin|--?specs)/

const CONNECTION = /^-\w*[FISD]/

const UNSAFE_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  ...['npm', 'pnpm', 'yarn', 'bun'].map((name): [string, RegExp] => [name, PACKAGES]),
  ...['gcc', 'cc', 'g++', 'c++', 'clang', 'clang++'].map((name): [string, RegExp] => [
    name,
    COMPILER,
  ]),
  ...['ssh', 'scp', 'sftp'].map((name): [string, RegExp] => [name, CONNECTION]),
  ['find', /^-(delete|fls|fprint|fprint0|fprintf)$/],
  ['sed', /^(-[a-zA-Z]*i|--i|-[a-zA-Z]*f|--fi)/],
  ['sort', /^-\w*[oT]|^--(o|te|c.*prog)/],
  ['rg', /^--(pre|hostname-bin)/],
  ['tar', /^--(to-|checkpoint-|use-|rsh|rmt|inf|new-v)|^-?[a-zA-Z]*[IF]/],
  ['man', /^-\w*[PHC]|^--(pa|ht|conf)/],
  ['less', /^(\+|-\w*[okO]|--(lo|LO|lesskey))/],
  ['go', /^--?(exec|toolexec|vettool|overlay|modfile|C)(=|$)|-extld/],
  ['cargo', /^(--config|--manifest-path|-C)/],
  // A value can contain a function of make, which runs a program.
  [
    'make',
    /^--(ev|fi|makef|dir|inc)|^-\w*[fCIE]|^(SHELL|\.SHELLFLAGS|MAKE\w*)\W*=|^\w+\W*=.*[$`;&|<>]/s,
  ],
  // A file of another place names programs: plugins for the login, build scripts.
  ...['kubectl', 'oc', 'helm'].map((name): [string, RegExp] => [name, /^--kubeconfig/]),
  ['gradle', /^(-[IpbcC]|--(init-script|project-d|build-f|settings-f|include-b|gradle-u))/],
  ['mvn', /^(-f|--file|-s|--settings|-gs|--global-s|-t|--toolchains|-Dmaven\.ext)/],
  ['composer', /^(-d|--working-dir)/],
  ['uv', /^--(directory|project|config-file)/],
  ...['poetry', 'pdm'].map((name): [string, RegExp] => [name, /^(-[CPp]|--(directory|project))/]),
  ['dotnet', /^(--project|-p:|\/p:)/],
  ['just', /^(-[fd]|--(justfile|working|shell|dotenv-))/],
  ['rake', /^(-[frRIG]|--(rakefile|libdir|require))/],
  ['bundle', /^--gemfile/],
  ['ninja', /^-[fC]/],
  // They set variables, which can be PATH.
  ['printf', /^-v|%[^a-zA-Z%]*[hlLjzt]*n/],
])
