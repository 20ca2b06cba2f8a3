import type { ShellWord } from '../parse/word.ts'
import { NO_OPTIONS, type OptionGrammar, sortArgs } from './options.ts'

/** A program that only reads when it is given only these options. */
export interface ReadOnlyProgram extends OptionGrammar {
  /** What its operands are: files, text that is only printed, a pattern followed by files, or not allowed. */
  readonly operands: 'files' | 'text' | 'pattern' | 'none'
  /** Options that replace the pattern among the operands. */
  readonly patternOptions: readonly string[]
  /**
   * Why it does nothing but print, whatever its operands turn out to be, options among them. Null: an operand that is not
   * certain asks. Of programs whose operands are text; for files, an uncertain one always asks.
   */
  readonly anyText: string | null
  /** Whether it treats unknown options as text. */
  readonly isLenient: boolean
  /** Words that are commands or options, as `+!ls` is to a pager, wherever they stand. */
  readonly forbiddenWord: RegExp | null
  /** Further operands would be files to write. */
  readonly maxOperands: number
  /** Whether it reads directories recursively: always, or with one of these options. */
  readonly recursion: 'always' | readonly string[]
}

function program(
  operands: ReadOnlyProgram['operands'],
  options: Partial<ReadOnlyProgram> = {},
): ReadOnlyProgram {
  const long = [...(options.long ?? []), 'help', 'version']
  return {
    ...NO_OPTIONS,
    patternOptions: [],
    recursion: [],
    forbiddenWord: null,
    anyText: null,
    isLenient: false,
    maxOperands: Infinity,
    operands,
    ...options,
    long,
  }
}

function names(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}

const GREP_LONG = names(`
  extended-regexp fixed-strings basic-regexp perl-regexp regexp= file@ ignore-case no-ignore-case
  word-regexp line-regexp null-data no-messages invert-match max-count= byte-offset line-number
  line-buffered with-filename no-filename only-matching quiet silent text files-without-match
  files-with-matches count initial-tab null after-context= before-context= context? color? colour?
  include= exclude= exclude-dir= binary-files= recursive`)

const grep = program('pattern', {
  flags: 'EFGPivwxcnbHhoqslLZzaUITry',
  values: 'eABCm',
  files: 'f',
  long: GREP_LONG,
  isNumbered: true,
  patternOptions: ['-e', '-f', '--regexp', '--file'],
  recursion: ['-r', '--recursive'],
})

const RG_LONG = names(`
  after-context= before-context= context= context-separator= color= colors= column count
  count-matches case-sensitive crlf dfa-size-limit= encoding= engine= field-match-separator=
  field-context-separator= files files-with-matches files-without-match fixed-strings glob= iglob=
  glob-case-insensitive heading hidden ignore-case invert-match json line-buffered line-number
  line-regexp max-columns= max-columns-preview max-count= max-depth= max-filesize= multiline
  multiline-dotall no-config no-filename no-heading no-ignore no-ignore-vcs no-ignore-parent
  no-ignore-dot no-ignore-global no-ignore-messages no-line-number no-messages no-mmap no-require-git no-unicode null
  null-data one-file-system only-matching passthru path-separator= pcre2 pretty quiet regexp=
  replace= smart-case sort= sortr= stats text threads= trim type= type-not= type-list type-add=
  unrestricted vimgrep with-filename word-regexp file@`)

const rg = program('pattern', {
  flags: 'FivwxcnNlHIopPqsSU.0u',
  values: 'eABCgtTmMjrdE',
  files: 'f',
  long: RG_LONG,
  patternOptions: ['-e', '-f', '--regexp', '--file', '--files', '--type-list'],
  recursion: 'always',
})

/** They print a number for each file; with `--check`, they would read the files that it names. */
const CHECKSUMS = names('md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum')

const checksum = program('files', { flags: 'btz', long: names('binary tag text zero') })

const base64 = program('files', {
  flags: 'dD',
  values: 'wb',
  files: 'i',
  long: names('decode wrap='),
})

const hexdump = program('files', { flags: 'bcCdovx', values: 'ns' })

const headLong = names('lines= bytes= quiet silent verbose zero-terminated')

export const PRINTF = program('text', {
  isLenient: true,
  anyText:
    'Only the format, which must be certain, has a meaning; numbers are read without evaluation.',
})

const ONLY_PRINTS = 'Its options change the printed text and nothing else.'

const ONLY_NUMBERS =
  'The shell reads one plain number, without evaluation, and rejects anything else.'

/** Common programs that only read. Programs that write, run others, connect or are rare are left out on purpose. */
export const READONLY_PROGRAMS: ReadonlyMap<string, ReadOnlyProgram> = new Map<
  string,
  ReadOnlyProgram
>([
  [
    'ls',
    program('files', {
      flags: '1aAbBcCdDfFgGhHiklmnNopqQrRsStuUvxXZ',
      // Elsewhere than in GNU's, these have no value, and the next word is a directory.
      files: 'ITw',
      long: names(`all almost-all author escape block-size= ignore-backups color? directory classify?
      file-type format= full-time group-directories-first no-group human-readable si hide= hyperlink?
      indicator-style= inode ignore= kibibytes numeric-uid-gid literal hide-control-chars
      show-control-chars quote-name quoting-style= reverse recursive size sort= time= time-style=
      width= zero`),
    }),
  ],
  [
    'cat',
    program('files', {
      flags: 'AbeEnstTuv',
      long: names(
        'show-all number-nonblank show-ends number squeeze-blank show-tabs show-nonprinting',
      ),
    }),
  ],
  ['tac', program('files', { flags: 'b' })],
  ['head', program('files', { flags: 'qvz', values: 'nc', long: headLong, isNumbered: true })],
  [
    'tail',
    program('files', {
      flags: 'qvzrfF',
      values: 'ncs',
      long: [...headLong, ...names('follow? retry sleep-interval=')],
      isNumbered: true,
    }),
  ],
  [
    'wc',
    program('files', {
      flags: 'clLmw',
      long: names('bytes chars lines max-line-length words total='),
    }),
  ],
  ['nl', program('files', { flags: 'p', values: 'bdfhilnsvw' })],
  ['grep', grep],
  ['egrep', grep],
  ['fgrep', grep],
  ['rg', rg],
  [
    'file',
    program('files', {
      flags: 'bhikNnrv0',
      values: 'eFP',
      long: names('brief mime mime-type mime-encoding no-dereference extension'),
    }),
  ],
  [
    'stat',
    program('files', {
      flags: 'Lftx',
      values: 'c',
      long: names('dereference file-system format= printf= terse'),
    }),
  ],
  [
    'du',
    program('files', {
      flags: '0abchklmsSx',
      values: 'dBt',
      long: names(
        'all apparent-size block-size= bytes total max-depth= human-readable summarize one-file-system exclude= si',
      ),
    }),
  ],
  [
    'df',
    program('files', {
      flags: 'ahHiklPT',
      values: 'Btx',
      long: names('all human-readable inodes local portability print-type total'),
    }),
  ],
  [
    'tree',
    program('files', {
      flags: 'adfixqNpshDugCnSAJXvtcUr',
      values: 'LPI',
      long: names(
        'dirsfirst noreport du si prune gitignore matchdirs ignore-case inodes device filelimit= charset= sort=',
      ),
    }),
  ],
  [
    'sort',
    program('files', {
      flags: 'bdfgiMhnRrVcCmsuz',
      values: 'ktS',
      long: names(`ignore-leading-blanks dictionary-order ignore-case general-numeric-sort ignore-nonprinting
      month-sort human-numeric-sort numeric-sort random-sort reverse version-sort check? merge
      stable unique zero-terminated key= field-separator= buffer-size= parallel= sort=`),
    }),
  ],
  [
    'uniq',
    program('none', {
      flags: 'cdDiuz',
      values: 'fsw',
      long: names(
        'count repeated unique ignore-case skip-fields= skip-chars= check-chars= all-repeated?',
      ),
    }),
  ],
  [
    'cut',
    program('files', {
      flags: 'nsz',
      values: 'bcdf',
      long: names(
        'bytes= characters= delimiter= fields= only-delimited complement output-delimiter=',
      ),
    }),
  ],
  [
    'tr',
    program('text', {
      flags: 'cCdst',
      long: names('complement delete squeeze-repeats truncate-set1'),
    }),
  ],
  ['paste', program('files', { flags: 'sz', values: 'd', long: names('serial delimiters=') })],
  [
    'comm',
    program('files', {
      flags: '123iz',
      long: names('check-order nocheck-order output-delimiter= total'),
    }),
  ],
  ['join', program('files', { flags: 'i', values: 'aejotv12' })],
  [
    'diff',
    program('files', {
      flags: 'abBcdeEfHinNpqrstTuwyZ',
      values: 'CFIUWL',
      recursion: ['-r', '--recursive'],
      long: names(`recursive new-file no-dereference brief report-identical-files unified? context? ed normal side-by-side width= left-column
      suppress-common-lines show-c-function initial-tab expand-tabs ignore-case
      ignore-tab-expansion ignore-space-change ignore-all-space ignore-blank-lines text color?
      exclude= label= minimal strip-trailing-cr`),
      isNumbered: true,
    }),
  ],
  [
    'cmp',
    program('files', {
      flags: 'bls',
      values: 'in',
      long: names('print-bytes bytes= ignore-initial= verbose silent quiet'),
    }),
  ],
  ['fold', program('files', { flags: 'bs', values: 'w', long: names('bytes spaces width=') })],
  // Elsewhere than in GNU's, `-p` has no value.
  ['fmt', program('files', { flags: 'cstu', values: 'wg', files: 'p' })],
  ['expand', program('files', { flags: 'i', values: 't' })],
  ['unexpand', program('files', { flags: 'a', values: 't' })],
  ['column', program('files', { flags: 'txne', values: 'cosN' })],
  ['rev', program('files')],
  ...CHECKSUMS.map((name): [string, ReadOnlyProgram] => [name, checksum]),
  ['sum', program('files', { flags: 'rs', long: ['sysv'] })],
  [
    'cksum',
    program('files', {
      values: 'a',
      long: names('algorithm= base64 raw tag untagged zero'),
    }),
  ],
  // `-a256c` is `-a 256 -c`, and so is `+c`, which reads the files that a file names.
  [
    'shasum',
    program('files', { flags: 'btU0', values: 'a', forbiddenWord: /^(-\w{2}|\+)/, long: [] }),
  ],
  // `-i` is a flag to some versions, before the file, and has it as its value to others.
  ['base64', base64],
  ['base32', base64],
  [
    'od',
    program('files', {
      flags: 'abBcdDeFfhHiIlLoOsvxX',
      values: 'AjNt',
      long: names('address-radix= skip-bytes= read-bytes= format= output-duplicates endian='),
    }),
  ],
  // `@FILE` names a file with further options.
  ['strings', program('files', { flags: 'afow', values: 'nte', forbiddenWord: /^@/ })],
  // To xxd, `-bl` is `-b`; a second operand is a file to write.
  [
    'xxd',
    program('files', {
      flags: 'abeEiupC',
      values: 'cgolsn',
      maxOperands: 1,
      takesBundles: false,
      long: [],
    }),
  ],
  ['hexdump', hexdump],
  ['hd', hexdump],
  ['less', program('files', { flags: 'NRSFXEiIgnrs', forbiddenWord: /^\+/ })],
  ['more', program('files', { forbiddenWord: /^\+/ })],
  [
    'basename',
    program('text', {
      flags: 'az',
      values: 's',
      long: names('multiple suffix= zero'),
      anyText: ONLY_PRINTS,
    }),
  ],
  ['dirname', program('text', { flags: 'z', long: ['zero'], anyText: ONLY_PRINTS })],
  [
    'realpath',
    program('files', {
      flags: 'eLmPqsz',
      long: names(
        'canonicalize-existing canonicalize-missing logical physical quiet strip no-symlinks zero relative-to@ relative-base@',
      ),
    }),
  ],
  [
    'readlink',
    program('files', {
      flags: 'efmnqsvz',
      long: names(
        'canonicalize canonicalize-existing canonicalize-missing no-newline quiet silent verbose zero',
      ),
    }),
  ],
  ['echo', program('text', { flags: 'neE', isLenient: true, anyText: ONLY_PRINTS })],
  ['pwd', program('none', { flags: 'LP' })],
  ['true', program('text', { isLenient: true, anyText: 'It ignores its operands.' })],
  [':', program('text', { isLenient: true, anyText: 'It ignores its operands.' })],
  ['exit', program('text', { anyText: ONLY_NUMBERS })],
  ['break', program('text', { anyText: ONLY_NUMBERS })],
  ['continue', program('text', { anyText: ONLY_NUMBERS })],
  ['sleep', program('text', { anyText: 'It reads numbers with a unit, and waits.' })],
  [
    'seq',
    program('text', {
      flags: 'w',
      values: 'fs',
      anyText: 'It prints numbers; a format must contain one number, nothing else.',
    }),
  ],
  // A name with a slash shows whether a file outside exists.
  ['which', program('text', { flags: 'as' })],
  // An uncertain operand can be `-S`, after which operands are directories that are looked at.
  ['whereis', program('files', { flags: 'bms' })],
  ['type', program('text', { flags: 'afptP' })],
  ['whoami', program('none')],
  // The names of users can be looked up on a server of the network.
  ['id', program('text', { flags: 'gGnruZz', long: names('group groups name real user zero') })],
  ['groups', program('text')],
  // Its other options ask a name server.
  ['hostname', program('none', { flags: 'sI' })],
  [
    'uname',
    program('none', {
      flags: 'asnrvmpio',
      long: names(
        'all kernel-name nodename kernel-release kernel-version machine processor operating-system',
      ),
    }),
  ],
  ['arch', program('none')],
  ['nproc', program('none', { long: ['all'] })],
  ['uptime', program('none', { flags: 'ps' })],
  ['tty', program('none')],
  ['free', program('none', { flags: 'bkmghtlw' })],
  ['locale', program('none', { flags: 'a' })],
  ['ulimit', program('none', { flags: 'acdflmnstuvSH' })],
  ['bc', program('none', { flags: 'lqsw' })],
  ['shuf', program('files', { flags: 'z', values: 'n', maxOperands: 1 })],
  ['false', program('text', { isLenient: true, anyText: 'It ignores its operands.' })],
  ['[[', program('files')],
])

/** Whether a `diff` compares everything in directories. Its printed line then has the option below. */
export function hasRecursiveDiff(args: readonly ShellWord[]): boolean {
  const program = READONLY_PROGRAMS.get('diff') ?? NO_OPTIONS
  const { usedOptions = [] } = sortArgs(args, program) ?? {}
  return usedOptions.some((one) => one === '-r' || one === '--recursive')
}

/** Without it, `diff` reads the files outside to which links lead. */
export const DIFF_WITHOUT_LINKS = '--no-dereference'
