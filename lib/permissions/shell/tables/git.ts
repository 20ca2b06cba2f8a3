import { literalWord, plainValue, type ShellWord } from '../parse/word.ts'
import { SIGNATURE_FORMAT, SIGNATURE_ORDER, skipGitOptions } from './git-options.ts'
import { NO_OPTIONS, type OptionGrammar, type SortedArgs, sortArgs } from './options.ts'

/** A git command that only reads, with what it reads. */
export interface GitReadCommand {
  /** The directories given by `-C`. */
  readonly directories: readonly ShellWord[]
  readonly operands: readonly ShellWord[]
  readonly files: readonly ShellWord[]
  /** Names and values, which it can print in an error message. */
  readonly texts: readonly ShellWord[]
  /** Whether it shows the content of files: of all tracked files, of those that the operands name, or of every commit. */
  readonly shows: 'all' | 'named' | 'history' | null
  /** Whether it shows commits, which can contain files that are no longer tracked. */
  readonly isHistory: boolean
  /** Whether it shows more than its operands name: where a file was before, every branch. */
  readonly showsOthers: boolean
  /** How many operands precede `--`: those are revisions. Null without it. */
  readonly revisions: number | null
}

/** Null when the command is not known to be read-only. The first word is the program. */
export function parseGitCommand(words: readonly ShellWord[]): GitReadCommand | null {
  const { subcommand: at, directories, others } = skipGitOptions(words)
  if (others.at(0) === '--version' && words.length === 2) return { ...VERSION_COMMAND, directories }
  if (!others.every((option) => GLOBAL_OPTIONS.has(option))) return null
  const name = plainValue(words[at]) ?? ''
  if (name === 'version') return { ...VERSION_COMMAND, directories, texts: words.slice(at + 1) }
  const subcommand = GIT_SUBCOMMANDS.get(name)
  if (
    subcommand === undefined ||
    words.some(({ values }) => values.some((one) => SIGNATURE_FORMAT.test(one))) ||
    sortsBySignature(words) ||
    words.some((word, at) => !word.isCertain && plainValue(words[at - 1]) === '--format')
  ) {
    return null
  }
  const normalizedArgs = words
    .slice(at + 1)
    .map((word) => ATTACHED_OPTIONS.get(plainValue(word) ?? '') ?? word)
  const sorted = sortArgs(normalizedArgs, subcommand.optionGrammar)
  if (sorted === null) return null
  if (subcommand.accepts !== always && !areKnown(sorted)) return null
  const operands = sorted.operands.map((word) => plainValue(word) ?? '')
  if (!subcommand.accepts(operands, sorted.usedOptions)) return null
  const isPaths = subcommand.operands === 'paths'
  return {
    directories,
    operands: isPaths ? sorted.operands : [],
    files: sorted.files,
    texts: isPaths ? sorted.texts : [...sorted.texts, ...sorted.operands],
    shows: findShownLines(name, sorted.usedOptions, operands),
    isHistory:
      HISTORY_SUBCOMMAND.test(name) || sorted.usedOptions.some(isStaged) || name === 'status',
    showsOthers: showsOthers(name, sorted.usedOptions),
    revisions: countRevisions(normalizedArgs, sorted.operands),
  }
}

function sortsBySignature(words: readonly ShellWord[]): boolean {
  return words.some(({ values }, at) => {
    const isOrder = plainValue(words[at - 1]) === '--sort'
    return values.some((one) => (isOrder || one.startsWith('--sort=')) && SIGNATURE_ORDER.test(one))
  })
}

const VERSION_COMMAND: GitReadCommand = {
  directories: [],
  operands: [],
  files: [],
  texts: [],
  shows: null,
  isHistory: false,
  showsOthers: false,
  revisions: null,
}

/** Compared with the last commit, a file can be shown that is no longer tracked. */
function isStaged(option: string): boolean {
  return option === '--cached' || option === '--staged'
}

function showsOthers(name: string, usedOptions: readonly string[]): boolean {
  if (name === 'blame' || name === 'annotate') return false
  if (name === 'grep') return usedOptions.some((one) => SEARCHES_OTHERS.test(one))
  const lists = name === 'show' && usedOptions.some((one) => LISTS_COMMITS.test(one))
  return lists || usedOptions.some((one) => FOLLOWING_OPTION.test(one))
}

/** With these, `git show` shows more commits than its operands. */
const LISTS_COMMITS = /^(-[a-zA-Z]*g|--(all|branches|tags|remotes|glob|reflog|walk-reflogs)$)/

/** With these, `git grep` searches files that are not tracked. */
const SEARCHES_OTHERS = /^--(untracked|no-exclude-standard)$/

/** With these, a file is compared with others, from which it was renamed or copied. */
const FOLLOWING_OPTION =
  /^(-[a-zA-Z]*[MCL]|--(follow|find-renames|find-copies|find-copies-harder)$)/

function countRevisions(args: readonly ShellWord[], operands: readonly ShellWord[]): number | null {
  const end = args.findIndex((word) => plainValue(word) === '--')
  if (end < 0) return null
  return operands.filter((word) => args.indexOf(word) < end).length
}

/** Where operands are counted, or name what is done, none may turn out to be an option or several words. */
function areKnown({ operands, texts, usedOptions }: SortedArgs): boolean {
  const isPattern = usedOptions.some((one) => LISTING_OPTION.test(one))
  const isKnown = (word: ShellWord): boolean =>
    word.isCertain && (isPattern || plainValue(word) !== null)
  return [...operands, ...texts].every(isKnown)
}

function findShownLines(
  name: string,
  usedOptions: readonly string[],
  operands: readonly string[],
): GitReadCommand['shows'] {
  // The pattern can have the name of a file.
  if (name === 'grep') return 'all'
  if (name === 'blame' || name === 'annotate') return 'named'
  const isPatch = usedOptions.some((one) => PATCH_OPTION.test(one))
  // Other names than HEAD can be those of a file's content, which no option hides.
  if (name === 'show') {
    const isNames = !isPatch && usedOptions.some((one) => NAMES_ONLY_OPTION.test(one))
    return isNames && operands.every((one) => /^(HEAD|@)[~^\d]*$/.test(one)) ? null : 'history'
  }
  if (name === 'diff') {
    return isPatch || !usedOptions.some((one) => NAMES_ONLY_OPTION.test(one)) ? 'named' : null
  }
  if (name === 'stash') return operands[0] === 'show' ? 'history' : null
  if (name === 'cat-file')
    return usedOptions.every((one) => /^-[tse]$/.test(one)) && usedOptions.length > 0
      ? null
      : 'history'
  if (name === 'status')
    return usedOptions.some((one) => /^(-[a-z]*v|--verbose$)/.test(one)) ? 'named' : null
  return isPatch && HISTORY_SUBCOMMAND.test(name) ? 'named' : null
}

const HISTORY_SUBCOMMAND = /^(log|shortlog|reflog|rev-list|diff-tree|diff-index)$/

/** The options of a diff that show the content of files, or whether they contain a text. */
const PATCH_OPTION =
  /^(-[a-zA-Z]*[puUcWLmSG]|--(patch|patch-with-raw|unified|cc|word-diff|word-diff-regex|color-words|function-context|binary|check|ignore-matching-lines)$)/

const NAMES_ONLY_OPTION =
  /^(-s|--(stat|shortstat|numstat|dirstat|cumulative|compact-summary|summary|name-only|name-status|no-patch|raw|quiet))$/

/** Short options whose value is always attached. */
const ATTACHED_OPTIONS: ReadonlyMap<string, ShellWord> = new Map(
  ['no', 'normal', 'all'].map((which) => [`-u${which}`, literalWord(`--untracked-files=${which}`)]),
)

const GLOBAL_OPTIONS = new Set(['--no-pager', '--no-optional-locks', '--literal-pathspecs', '-P'])

interface GitSubcommand {
  readonly optionGrammar: OptionGrammar
  readonly operands: 'paths' | 'names'
  accepts(operands: readonly string[], usedOptions: readonly string[]): boolean
}

function optionGrammar(
  flags: string,
  values: string,
  long: string,
  more: Partial<OptionGrammar> = {},
): OptionGrammar {
  return { ...NO_OPTIONS, flags, values, long: long.trim().split(/\s+/), ...more }
}

const always = (): boolean => true
const noOperands = (operands: readonly string[]): boolean => operands.length === 0

const DIFF_OPTIONS = `patch no-patch unified? raw patch-with-raw minimal patience histogram anchored= diff-algorithm=
  stat? numstat shortstat dirstat? cumulative summary name-only name-status color? no-color
  color-moved? no-color-moved word-diff? word-diff-regex= color-words? no-renames check full-index
  binary abbrev? break-rewrites? find-renames? find-copies? find-copies-harder
  irreversible-delete diff-filter= pickaxe-all pickaxe-regex relative? no-relative text
  ignore-cr-at-eol ignore-space-at-eol ignore-space-change ignore-all-space ignore-blank-lines
  ignore-matching-lines= inter-hunk-context= function-context exit-code quiet no-ext-diff no-textconv
  ignore-submodules? src-prefix= dst-prefix= no-prefix compact-summary cached staged merge-base
  line-prefix= ita-invisible-in-index`

const LOG_OPTIONS = `${DIFF_OPTIONS} follow decorate? no-decorate decorate-refs= decorate-refs-exclude= source mailmap
  no-mailmap log-size max-count= skip= since= after= until= before= author= committer= grep=
  all-match invert-grep regexp-ignore-case basic-regexp extended-regexp fixed-strings perl-regexp
  remove-empty merges no-merges min-parents= max-parents= first-parent not all branches? tags?
  remotes? glob= exclude= reflog ignore-missing boundary simplify-by-decoration full-history dense
  sparse simplify-merges ancestry-path? date-order author-date-order topo-order reverse oneline
  format= pretty? abbrev-commit no-abbrev-commit relative-date date= parents children
  left-right graph show-linear-break? cherry-pick cherry-mark cherry left-only right-only
  walk-reflogs merge cc combined-all-paths no-notes notes? show-notes? encoding= count use-bitmap-index`

const logSubcommand: GitSubcommand = {
  optionGrammar: optionGrammar('pusrwbazcmgWRiEFPtlDz', 'nSGL', LOG_OPTIONS, {
    isNumbered: true,
    maybe: 'UMCB',
  }),
  operands: 'paths',
  accepts: always,
}

const REF_OPTIONS = `list all remotes verbose contains= no-contains= merged? no-merged? points-at= sort=
  format= color? no-color column? no-column ignore-case abbrev= no-abbrev show-current`

/** With these options an operand is a pattern or a commit, not a name to create. */
const LISTING_OPTION = /^(-l|-n|--list|--contains|--no-contains|--merged|--no-merged|--points-at)$/

function isListing(operands: readonly string[], usedOptions: readonly string[]): boolean {
  return operands.length === 0 || usedOptions.some((one) => LISTING_OPTION.test(one))
}

const STASH_LIST_OPTIONS = 'oneline format= pretty? date= relative-date max-count= abbrev-commit'

const STASH_LIST_OPTION =
  /^(-n|-\d+|--(oneline|format|pretty|date|relative-date|max-count|abbrev-commit))$/

const namesSubcommand = (flags: string, values: string, long: string): GitSubcommand => ({
  optionGrammar: optionGrammar(flags, values, long, { isNumbered: true }),
  operands: 'names',
  accepts: always,
})

const GIT_SUBCOMMANDS: ReadonlyMap<string, GitSubcommand> = new Map<string, GitSubcommand>([
  ['log', logSubcommand],
  ['show', logSubcommand],
  [
    'shortlog',
    {
      ...logSubcommand,
      optionGrammar: optionGrammar('sneci', '', `${LOG_OPTIONS} summary numbered email group=`, {
        maybe: 'w',
      }),
    },
  ],
  ['reflog', { ...logSubcommand, accepts: (operands) => !CHANGING_REFLOG.test(operands[0] ?? '') }],
  [
    'diff',
    {
      optionGrammar: optionGrammar('pusrwbazcmWRi', 'SG', DIFF_OPTIONS, {
        isNumbered: true,
        maybe: 'UMCB',
      }),
      operands: 'paths',
      accepts: always,
    },
  ],
  [
    'diff-tree',
    {
      optionGrammar: optionGrammar(
        'pustrwbazcmWRi',
        'SG',
        `${DIFF_OPTIONS} root no-commit-id stdin`,
        {
          maybe: 'UMCB',
        },
      ),
      operands: 'paths',
      accepts: always,
    },
  ],
  [
    'diff-index',
    {
      optionGrammar: optionGrammar('pustrwbazcmWRi', 'SG', DIFF_OPTIONS, { maybe: 'UMCB' }),
      operands: 'paths',
      accepts: always,
    },
  ],
  // The list is a log, of which no option may show content, and a stash is shown as a difference; all else changes something.
  [
    'stash',
    {
      optionGrammar: optionGrammar('pus', 'nU', `${DIFF_OPTIONS} ${STASH_LIST_OPTIONS}`, {
        isNumbered: true,
      }),
      operands: 'names',
      accepts: ([action, ...names], usedOptions) =>
        action === 'show'
          ? names.length < 2 && names.every((name) => /^(\d+|stash@\{\d+\})$/.test(name))
          : action === 'list' &&
            names.length === 0 &&
            usedOptions.every((one) => STASH_LIST_OPTION.test(one)),
    },
  ],
  [
    'notes',
    {
      ...namesSubcommand('', '', ''),
      accepts: ([action, ...names]) => action === 'list' && names.length < 2,
    },
  ],
  [
    'status',
    {
      optionGrammar: optionGrammar(
        'svbuz',
        '',
        'short branch show-stash porcelain? long verbose untracked-files? ignore-submodules? ignored? ahead-behind no-ahead-behind renames no-renames column? no-column',
      ),
      operands: 'paths',
      accepts: always,
    },
  ],
  [
    'blame',
    {
      optionGrammar: optionGrammar(
        'blrtcsefnwpMC',
        'L',
        'root show-stats porcelain line-porcelain incremental show-name show-number show-email date= abbrev= since= first-parent color-lines color-by-age ignore-rev= no-ext-diff no-textconv',
      ),
      operands: 'paths',
      accepts: always,
    },
  ],
  [
    'annotate',
    {
      optionGrammar: optionGrammar('blrtcsefnwp', 'L', 'root no-ext-diff no-textconv'),
      operands: 'paths',
      accepts: always,
    },
  ],
  [
    'grep',
    {
      optionGrammar: optionGrammar(
        'aIrivwhHEGFPnlLzcopqW',
        'eABCm',
        `text ignore-case word-regexp invert-match full-name
      extended-regexp basic-regexp perl-regexp fixed-strings line-number column files-with-matches
      name-only files-without-match null only-matching count color? no-color break heading
      show-function context= after-context= before-context= function-context max-depth= max-count= all-match
      quiet cached untracked no-exclude-standard exclude-standard and or not`,
        { files: 'f', isNumbered: true },
      ),
      operands: 'paths',
      accepts: always,
    },
  ],
  [
    'ls-files',
    {
      optionGrammar: optionGrammar(
        'cdmoisuktvfz',
        'x',
        'cached deleted modified others ignored stage unmerged killed directory no-empty-directory eol deduplicate exclude= exclude-standard error-unmatch full-name abbrev? debug format=',
      ),
      operands: 'paths',
      accepts: always,
    },
  ],
  [
    'ls-tree',
    {
      optionGrammar: optionGrammar(
        'drtlz',
        '',
        'long name-only name-status object-only full-name full-tree abbrev? format=',
      ),
      operands: 'paths',
      accepts: always,
    },
  ],
  ['cat-file', { ...namesSubcommand('tspe', '', 'batch-check? use-mailmap'), operands: 'paths' }],
  [
    'rev-parse',
    {
      ...namesSubcommand(
        'q',
        '',
        'abbrev-ref? short? verify quiet symbolic symbolic-full-name all branches? tags? remotes? show-toplevel show-prefix show-cdup git-dir absolute-git-dir git-common-dir is-inside-work-tree is-inside-git-dir is-bare-repository is-shallow-repository show-superproject-working-tree sq revs-only no-revs flags no-flags default= since= until= after= before= not path-format=',
      ),
      operands: 'paths',
    },
  ],
  ['rev-list', logSubcommand],
  ['merge-base', namesSubcommand('a', '', 'all octopus is-ancestor independent fork-point')],
  [
    'describe',
    namesSubcommand(
      '',
      '',
      'all tags contains abbrev= candidates= exact-match debug long match= exclude= always first-parent',
    ),
  ],
  ['name-rev', namesSubcommand('', '', 'tags refs= exclude= all name-only no-undefined always')],
  [
    'for-each-ref',
    namesSubcommand(
      'spt',
      '',
      'count= sort= format= color? points-at= merged? no-merged? contains? no-contains? ignore-case',
    ),
  ],
  [
    'show-ref',
    namesSubcommand('dshq', '', 'head heads tags branches dereference hash? verify abbrev? quiet'),
  ],
  [
    'show-branch',
    namesSubcommand(
      'ar',
      '',
      'all remotes current topo-order date-order sparse more= list merge-base independent no-name sha1-name topics color? no-color',
    ),
  ],
  ['cherry', namesSubcommand('v', '', 'abbrev?')],
  [
    'count-objects',
    { ...namesSubcommand('vH', '', 'verbose human-readable'), accepts: noOperands },
  ],
  [
    'check-ignore',
    {
      optionGrammar: optionGrammar('qvnz', '', 'quiet verbose non-matching no-index'),
      operands: 'paths',
      accepts: always,
    },
  ],
  [
    'check-attr',
    { optionGrammar: optionGrammar('az', '', 'all cached'), operands: 'paths', accepts: always },
  ],
  ['branch', { ...namesSubcommand('alrvqi', '', REF_OPTIONS), accepts: isListing }],
  [
    'tag',
    {
      optionGrammar: optionGrammar('li', '', REF_OPTIONS, { maybe: 'n' }),
      operands: 'names',
      accepts: isListing,
    },
  ],
  [
    'remote',
    {
      ...namesSubcommand('v', '', 'verbose all'),
      accepts: ([first = '', ...rest]) =>
        first === '' ||
        (first === 'show' ? rest.length === 0 : first === 'get-url' && rest.length > 0),
    },
  ],
  [
    'config',
    {
      ...namesSubcommand('z', '', 'get get-all local global null type= show-origin'),
      accepts: ([key = '', ...more], usedOptions) =>
        more.length === 0 &&
        PUBLIC_SETTING.test(key) &&
        usedOptions.every((one) => !/type/.test(one)),
    },
  ],
  [
    'symbolic-ref',
    { ...namesSubcommand('q', '', 'short quiet'), accepts: ({ length }) => length === 1 },
  ],
  [
    'worktree',
    { ...namesSubcommand('vz', '', 'porcelain verbose'), accepts: ([first]) => first === 'list' },
  ],
])

/** Settings that contain no secret. */
const PUBLIC_SETTING =
  /^(user|core|init|pull|push|branch|remote|alias|color|merge|rebase|commit|gpg)\.[\w./-]+$/i

const CHANGING_REFLOG = /^(expire|delete|drop|write)$/
