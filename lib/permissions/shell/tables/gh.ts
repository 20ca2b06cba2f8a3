import { plainValue, type ShellWord } from '../parse/word.ts'
import { readsOnlyItsInput } from './jq-filter.ts'
import { NO_OPTIONS, type OptionGrammar, type SortedArgs, sortArgs } from './options.ts'

/** `gh` where it only shows what is on GitHub: no browser, no file, no other host, no request but GET. */
export function isReadOnlyGh(args: readonly ShellWord[]): boolean {
  const values = args.map(plainValue)
  // A word that is not known could be an option, or send what only this machine knows.
  if (!values.every((value) => value !== null)) return false
  const [name = '', action = ''] = values
  if (name === 'status') return fits(args.slice(1), STATUS)
  if (name === 'api') return isGet(args.slice(1))
  if (name === 'search') return SEARCHES.test(action) && fits(args.slice(2), SEARCH)
  const options = SHOW.get(`${name} ${action}`)
  if (options === undefined) return false
  // Their operand is a repository, with or without a host.
  const isNamed =
    name !== 'repo' ||
    operandsOf(args.slice(2), options).every((one) => /^[\w.-]+(\/[\w.-]+)?$/.test(one))
  return isNamed && fits(args.slice(2), options)
}

function operandsOf(args: readonly ShellWord[], options: OptionGrammar): readonly string[] {
  return sortArgs(args, options)?.operands.map((word) => plainValue(word) ?? '') ?? []
}

const SEARCHES = /^(code|commits|issues|prs|repos)$/

function grammar(flags: string, values: string, long: string): OptionGrammar {
  return { ...NO_OPTIONS, flags, values, long: long.trim().split(/\s+/) }
}

const STATUS = grammar('', 'eo', 'exclude= org=')

/** For the options of one command: all of them can select fields, and most the repository. */
function show(flags: string, values: string, long: string): OptionGrammar {
  return grammar(flags, `${values}qRt`, `json= jq= template= repo= ${long}`)
}

/** Each command has its own letters: `-a` is `--all` of one, and `--assignee NAME` of another. */
const SHOW: ReadonlyMap<string, OptionGrammar> = new Map([
  ['pr view', show('c', '', 'comments')],
  [
    'pr list',
    show('d', 'aABHlLsS', 'app= assignee= author= base= draft head= label= limit= search= state='),
  ],
  ['pr diff', grammar('', 'R', 'color= name-only patch repo=')],
  ['pr checks', show('', '', 'fail-fast required')],
  ['pr status', show('c', '', 'conflict-status')],
  ['issue view', show('c', '', 'comments')],
  [
    'issue list',
    show('', 'aAlLmsS', 'app= assignee= author= label= limit= mention= milestone= search= state='),
  ],
  ['issue status', show('', '', '')],
  ['repo view', grammar('', 'bqt', 'branch= json= jq= template=')],
  [
    'repo list',
    grammar(
      '',
      'lLqt',
      'archived fork json= jq= language= limit= no-archived source template= topic= visibility=',
    ),
  ],
  ['run view', show('v', 'aj', 'attempt= exit-status job= log log-failed verbose')],
  [
    'run list',
    show('a', 'bceLsuw', 'all branch= commit= created= event= limit= status= user= workflow='),
  ],
  ['release view', show('', '', '')],
  ['release list', show('', 'LO', 'exclude-drafts exclude-pre-releases limit= order=')],
  ['workflow view', show('y', 'r', 'ref= yaml')],
  ['workflow list', show('a', 'L', 'all limit=')],
  ['label list', show('', 'LS', 'limit= order= search= sort=')],
])

const SEARCH = grammar(
  '',
  'LRq',
  `limit= repo= jq= json= template= owner= state= author= assignee= label= language= extension= filename= size= match=
  sort= order= created= updated= closed= merged= merged-at= mentions= commenter= involves= milestone= base= head= draft
  review= review-requested= reviewed-by= checks= include-prs archived stars= forks= topic= visibility= hash= parent=
  tree= author-date= author-email= author-name= committer= committer-date= is= no-assignee no-label no-milestone locked`,
)

const API = grammar(
  'i',
  'qtXHp',
  'include jq= template= method= header= paginate slurp silent cache= preview=',
)

function fits(args: readonly ShellWord[], options: OptionGrammar): boolean {
  const sorted = sortArgs(args, options)
  if (sorted === null || !areFiltersHarmless(sorted)) return false
  return (
    valuesOf(sorted, ['-R', '--repo']).every(isRepository) &&
    sorted.operands.every((word) => !NAMES_HOST.test(plainValue(word) ?? ''))
  )
}

/** The values of an option, wherever it stands, in a bundle too. */
function valuesOf({ texts, textOptions }: SortedArgs, names: readonly string[]): readonly string[] {
  return texts.flatMap((word, at) =>
    names.includes(textOptions[at] ?? '') ? [plainValue(word) ?? ''] : [],
  )
}

/** Templates know neither variables nor files; filters of jq can. */
function areFiltersHarmless(sorted: SortedArgs): boolean {
  return valuesOf(sorted, ['-q', '--jq']).every(readsOnlyItsInput)
}

const NAMES_HOST = /:\/\/|^[^/]*[.:@][^/]*\/[^/]+\/[^/]/

/** `HOST/OWNER/NAME` would be another server. */
function isRepository(value: string): boolean {
  return /^[\w.-]+\/[\w.-]+$/.test(value)
}

/** Fields would make it a POST request, or read a file. */
function isGet(args: readonly ShellWord[]): boolean {
  const sorted = sortArgs(args, API)
  if (sorted === null || sorted.operands.length !== 1 || !areFiltersHarmless(sorted)) return false
  const isPlain =
    valuesOf(sorted, ['-X', '--method']).every((method) => /^get$/i.test(method)) &&
    valuesOf(sorted, ['-H', '--header']).every((one) => /^accept:[\w\s./+;=-]*$/i.test(one))
  const endpoint = plainValue(sorted.operands[0]) ?? ''
  return (
    isPlain &&
    /^\/?[\w{}.][\w{}./:?&=,%+@~-]*$/.test(endpoint) &&
    !/:\/\/|^\/?graphql|(^|\/)\.{1,2}(\/|$)/.test(endpoint)
  )
}
