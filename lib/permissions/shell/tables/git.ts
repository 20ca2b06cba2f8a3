import { literalWord, plainValue, type ShellWord } from '../parse/word.ts'
import { NO_OPTIONS, type Options, sortArgs } from './options.ts'

/** A git command that only looks, with what it looks at; null when it isn't known to be one. */
export interface GitLook {
  /** Folders that it is told to work in (`-C`). */
  readonly folders: readonly ShellWord[]
  readonly operands: readonly ShellWord[]
  readonly files: readonly ShellWord[]
  /** Names and values, which it may repeat when it complains. */
  readonly texts: readonly ShellWord[]
  /** Whether lines of files are shown: of all that is tracked, or of what the operands name. */
  readonly shows: 'all' | 'named' | null
}

export function readGit(args: readonly ShellWord[]): GitLook | null {
  const folders: ShellWord[] = []
  let at = 0
  for (; at < args.length; at++) {
    const value = plainValue(args[at])
    if (value === null) return null
    if (value === '-C') {
      const folder = args[++at]
      if (folder === undefined) return null
      folders.push(folder)
    } else if (!PASSING.has(value)) break
  }
  const name = plainValue(args[at]) ?? ''
  if (name === '--version' || name === 'version')
    return { folders, operands: [], files: [], texts: args.slice(at + 1), shows: null }
  const look = LOOKS.get(name)
  if (look === undefined || args.some(({ values }) => values.some((one) => SIGNATURE.test(one)))) {
    return null
  }
  const given = args.slice(at + 1).map((word) => LONG.get(plainValue(word) ?? '') ?? word)
  const sorted = sortArgs(given, look.options)
  if (sorted === null) return null
  const operands = sorted.operands.map((word) => plainValue(word) ?? '')
  if (!look.fits(operands, sorted.given)) return null
  const isPaths = look.operands === 'paths'
  return {
    folders,
    operands: isPaths ? sorted.operands : [],
    files: sorted.files,
    texts: isPaths ? sorted.texts : [...sorted.texts, ...sorted.operands],
    shows: shownLines(name, sorted.given),
  }
}

function shownLines(name: string, given: readonly string[]): GitLook['shows'] {
  // What is looked for may have the name of a file.
  if (name === 'grep') return 'all'
  const isPatch = given.some((one) => PATCH.test(one))
  if (name === 'show' || name === 'diff') {
    return isPatch || !given.some((one) => NAMES_ONLY.test(one)) ? 'named' : null
  }
  if (name === 'cat-file') return given.includes('-p') ? 'named' : null
  if (name === 'status') return given.some((one) => /^(-v|--verbose)$/.test(one)) ? 'named' : null
  return isPatch && HISTORY.test(name) ? 'named' : null
}

const HISTORY = /^(log|whatchanged|shortlog|reflog|rev-list|diff-tree)$/

/** Of a diff: the options with which lines are shown. */
const PATCH =
  /^(-[puUcWL]|--(patch|patch-with-raw|unified|cc|word-diff|word-diff-regex|color-words|function-context|binary|check))$/

const NAMES_ONLY =
  /^(-s|--(stat|shortstat|numstat|dirstat|cumulative|compact-summary|summary|name-only|name-status|no-patch|raw|quiet))$/

/** Short options with a value that can't stand apart. */
const LONG: ReadonlyMap<string, ShellWord> = new Map(
  ['no', 'normal', 'all'].map((which) => [`-u${which}`, literalWord(`--untracked-files=${which}`)]),
)

/** To show what a signature is worth, git runs the program that checks it. */
const SIGNATURE = /%[-+ ]?G|%\(\*?signature/

const PASSING = new Set(['--no-pager', '--no-optional-locks', '--literal-pathspecs', '-P'])

interface Look {
  readonly options: Options
  readonly operands: 'paths' | 'names'
  fits(operands: readonly string[], given: readonly string[]): boolean
}

function options(
  flags: string,
  values: string,
  long: string,
  more: Partial<Options> = {},
): Options {
  return { ...NO_OPTIONS, flags, values, long: long.trim().split(/\s+/), ...more }
}

const always = (): boolean => true
const noOperands = (operands: readonly string[]): boolean => operands.length === 0

const DIFF = `patch no-patch unified? raw patch-with-raw minimal patience histogram anchored= diff-algorithm=
  stat? numstat shortstat dirstat? cumulative summary name-only name-status color? no-color
  color-moved? no-color-moved word-diff? word-diff-regex= color-words? no-renames check full-index
  binary abbrev? break-rewrites? find-renames? find-copies? find-copies-harder
  irreversible-delete diff-filter= pickaxe-all pickaxe-regex relative? no-relative text
  ignore-cr-at-eol ignore-space-at-eol ignore-space-change ignore-all-space ignore-blank-lines
  ignore-matching-lines= inter-hunk-context= function-context exit-code quiet no-ext-diff no-textconv
  ignore-submodules? src-prefix= dst-prefix= no-prefix compact-summary cached staged merge-base
  submodule? line-prefix= ita-invisible-in-index`

const LOG = `${DIFF} follow decorate? no-decorate decorate-refs= decorate-refs-exclude= source mailmap
  no-mailmap log-size max-count= skip= since= after= until= before= author= committer= grep=
  all-match invert-grep regexp-ignore-case basic-regexp extended-regexp fixed-strings perl-regexp
  remove-empty merges no-merges min-parents= max-parents= first-parent not all branches? tags?
  remotes? glob= exclude= reflog ignore-missing boundary simplify-by-decoration full-history dense
  sparse simplify-merges ancestry-path? date-order author-date-order topo-order reverse oneline
  format= pretty? abbrev-commit no-abbrev-commit relative-date date= parents children
  left-right graph show-linear-break? cherry-pick cherry-mark cherry left-only right-only
  walk-reflogs merge cc combined-all-paths no-notes notes? show-notes? encoding= count use-bitmap-index`

const log: Look = {
  options: options('pusrwbazcmgWRiEFPtlDz', 'nSGL', LOG, { isNumbered: true, maybe: 'UMCB' }),
  operands: 'paths',
  fits: always,
}

const REF_LONG = `list all remotes verbose contains= no-contains= merged? no-merged? points-at= sort=
  format= color? no-color column? no-column ignore-case abbrev= no-abbrev show-current`

/** The options after which an operand is a pattern or a commit to compare with, not a name to create. */
const LISTING = /^(-l|-n|--list|--contains|--no-contains|--merged|--no-merged|--points-at)$/

function lists(operands: readonly string[], given: readonly string[]): boolean {
  return operands.length === 0 || given.some((one) => LISTING.test(one))
}

const names = (flags: string, values: string, long: string): Look => ({
  options: options(flags, values, long, { isNumbered: true }),
  operands: 'names',
  fits: always,
})

const LOOKS: ReadonlyMap<string, Look> = new Map<string, Look>([
  ['log', log],
  ['whatchanged', log],
  ['show', log],
  [
    'shortlog',
    {
      ...log,
      options: options('sneci', '', `${LOG} summary numbered email group=`, { maybe: 'w' }),
    },
  ],
  ['reflog', { ...log, fits: (operands) => !CHANGING.test(operands[0] ?? '') }],
  [
    'diff',
    {
      options: options('pusrwbazcmWRi', 'SG', DIFF, { isNumbered: true, maybe: 'UMCB' }),
      operands: 'paths',
      fits: always,
    },
  ],
  [
    'diff-tree',
    {
      options: options('pustrwbazcmWRi', 'SG', `${DIFF} root no-commit-id stdin`, {
        maybe: 'UMCB',
      }),
      operands: 'paths',
      fits: always,
    },
  ],
  [
    'status',
    {
      options: options(
        'svbuz',
        '',
        'short branch show-stash porcelain? long verbose untracked-files? ignore-submodules? ignored? ahead-behind no-ahead-behind renames no-renames column? no-column',
      ),
      operands: 'paths',
      fits: always,
    },
  ],
  [
    'blame',
    {
      options: options(
        'blrtcsefnwpMC',
        'L',
        'root show-stats porcelain line-porcelain incremental show-name show-number show-email date= abbrev= since= first-parent color-lines color-by-age ignore-rev=',
      ),
      operands: 'paths',
      fits: always,
    },
  ],
  ['annotate', { options: options('blrtcsefnwp', 'L', 'root'), operands: 'paths', fits: always }],
  [
    'grep',
    {
      options: options(
        'aIrivwhHEGFPnlLzcopqW',
        'eABCm',
        `text ignore-case word-regexp invert-match full-name
      extended-regexp basic-regexp perl-regexp fixed-strings line-number column files-with-matches
      name-only files-without-match null only-matching count color? no-color break heading
      show-function context= after-context= before-context= function-context max-depth= max-count= all-match
      quiet cached untracked no-exclude-standard exclude-standard recurse-submodules and or not`,
        { files: 'f', isNumbered: true },
      ),
      operands: 'paths',
      fits: always,
    },
  ],
  [
    'ls-files',
    {
      options: options(
        'cdmoisuktvfz',
        'x',
        'cached deleted modified others ignored stage unmerged killed directory no-empty-directory eol deduplicate exclude= exclude-standard error-unmatch full-name recurse-submodules abbrev? debug format=',
      ),
      operands: 'paths',
      fits: always,
    },
  ],
  [
    'ls-tree',
    {
      options: options(
        'drtlz',
        '',
        'long name-only name-status object-only full-name full-tree abbrev? format=',
      ),
      operands: 'paths',
      fits: always,
    },
  ],
  ['cat-file', { ...names('tspe', '', 'batch-check? use-mailmap'), operands: 'paths' }],
  [
    'rev-parse',
    {
      ...names(
        'q',
        '',
        'abbrev-ref? short? verify quiet symbolic symbolic-full-name all branches? tags? remotes? show-toplevel show-prefix show-cdup git-dir absolute-git-dir git-common-dir is-inside-work-tree is-inside-git-dir is-bare-repository is-shallow-repository show-superproject-working-tree sq revs-only no-revs flags no-flags default= since= until= after= before= not path-format=',
      ),
      operands: 'paths',
    },
  ],
  ['rev-list', log],
  ['merge-base', names('a', '', 'all octopus is-ancestor independent fork-point')],
  [
    'describe',
    names(
      '',
      '',
      'dirty? broken? all tags contains abbrev= candidates= exact-match debug long match= exclude= always first-parent',
    ),
  ],
  ['name-rev', names('', '', 'tags refs= exclude= all name-only no-undefined always')],
  [
    'for-each-ref',
    names(
      'spt',
      '',
      'count= sort= format= color? points-at= merged? no-merged? contains? no-contains? ignore-case',
    ),
  ],
  [
    'show-ref',
    names('dshq', '', 'head heads tags branches dereference hash? verify abbrev? quiet'),
  ],
  [
    'show-branch',
    names(
      'ar',
      '',
      'all remotes current topo-order date-order sparse more= list merge-base independent no-name sha1-name topics color? no-color',
    ),
  ],
  ['cherry', names('v', '', 'abbrev?')],
  ['count-objects', { ...names('vH', '', 'verbose human-readable'), fits: noOperands }],
  [
    'check-ignore',
    {
      options: options('qvnz', '', 'quiet verbose non-matching no-index'),
      operands: 'paths',
      fits: always,
    },
  ],
  ['check-attr', { options: options('az', '', 'all cached'), operands: 'paths', fits: always }],
  ['branch', { ...names('alrvqi', '', REF_LONG), fits: lists }],
  ['tag', { options: options('li', '', REF_LONG, { maybe: 'n' }), operands: 'names', fits: lists }],
  [
    'remote',
    {
      ...names('v', '', 'verbose all'),
      fits: ([first = '', ...rest]) =>
        first === '' ||
        (first === 'show' ? rest.length === 0 : first === 'get-url' && rest.length > 0),
    },
  ],
  [
    'config',
    {
      ...names('z', '', 'get get-all local global null type= show-origin'),
      fits: ([key = '', ...more], given) =>
        more.length === 0 && PUBLIC.test(key) && given.every((one) => !/type/.test(one)),
    },
  ],
  ['symbolic-ref', { ...names('q', '', 'short quiet'), fits: ({ length }) => length === 1 }],
  ['worktree', { ...names('vz', '', 'porcelain verbose'), fits: ([first]) => first === 'list' }],
])

/** Settings that hold no secret. */
const PUBLIC =
  /^(user|core|init|pull|push|branch|remote|alias|color|merge|rebase|commit|gpg)\.[\w./-]+$/i

const CHANGING = /^(expire|delete|drop|write)$/
