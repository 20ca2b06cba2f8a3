import { statSync } from 'node:fs'
import path from 'node:path'
import type { JudgedLine } from './judge.ts'
import type { LineResult } from './run-lines.ts'
import { CANARIES, type ScratchProject } from './scratch-project.ts'
import { parseTrace, type TracedCall } from './trace.ts'

/** What a line did that nothing had allowed. */
export function findViolations(
  result: LineResult,
  { generated, running }: JudgedLine,
  project: ScratchProject,
): readonly string[] {
  const found = new Set<string>()
  const { deniedPrograms = [], deny = [] } = generated
  const isReadOnly = running.kind === 'readOnly'
  const canaries = [
    ...(isReadOnly ? [CANARIES.outside, CANARIES.environment] : []),
    ...(running.kind === 'written' ? [] : [CANARIES.program]),
    ...(deny.includes('Read(.env)') ? [CANARIES.denied] : []),
  ]
  for (const canary of canaries) if (result.output.includes(canary)) found.add(`prints ${canary}`)
  for (const call of parseTrace(result.trace, project.project).slice(1)) {
    const started =
      call.name.startsWith('exec') && !call.hasFailed ? path.basename(call.paths[0] ?? '') : ''
    if (deniedPrograms.includes(started)) found.add(`runs ${call.words.join(' ')}`)
    const what = isReadOnly ? violationOf(call, project) : null
    if (what !== null) found.add(`${call.program}: ${what}`)
    // A rule allows a program to read, and to write only what its name says.
    const mayWrite = generated.mayWrite === true || isIndex(call)
    const written = running.kind === 'byRule' && !mayWrite ? changedFile(call) : null
    if (written !== null) found.add(`${call.program}: ${written}`)
  }
  const state = isReadOnly ? result.changedState : null
  if (state !== null) found.add(`changes the state of the shell: ${state}`)
  return [...found]
}

function changedFile(call: TracedCall): string | null {
  const {
    name,
    paths: [file = ''],
    rest,
  } = call
  if (/^(exec|connect|send|kill|tkill|readlink|stat|newfstatat)/.test(name)) return null
  const isOpen = name.startsWith('open')
  if (isOpen && !/O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)/.test(rest)) return null
  if (isOpen ? isWritable(file) : CHANGING_OWN.test(file)) return null
  if (isRefusedDirectory(call)) return null
  return isOwnIndex(call) ? null : isOpen ? `opens ${file} for writing` : `${name}(${rest})`
}

/** `shasum` opens directories for writing, which no system does, to have an error from it. */
function isRefusedDirectory({ program, paths: [file = ''], rest }: TracedCall): boolean {
  const isNew = /O_CREAT|O_TRUNC/.test(rest)
  return (
    program === 'shasum' &&
    !isNew &&
    statSync(file, { throwIfNoEntry: false })?.isDirectory() === true
  )
}

/** When it reads a split index, git sets the time of the shared part, so that it is not removed. */
function isOwnIndex({ name, program, paths: [file = ''] }: TracedCall): boolean {
  return program === 'git' && name === 'utimensat' && /\/\.git\/sharedindex\.\w+$/.test(file)
}

/** A git that a rule allows may bring its index up to date. */
function isIndex({ program, paths: [file = ''] }: Pick<TracedCall, 'program' | 'paths'>): boolean {
  return program === 'git' && /\/(index\.lock|sharedindex_\w+)$/.test(file)
}

function violationOf(call: TracedCall, project: ScratchProject): string | null {
  const { name, paths, rest } = call
  if (name.startsWith('exec')) return execViolation(call)
  if (name === 'connect' || name === 'sendto') return connectViolation(call)
  if (name === 'kill' || name === 'tkill')
    return call.program === 'timeout' ? null : `${name}(${rest})`
  if (/^(stat|newfstatat|readlink)/.test(name)) return lookViolation(call, project)
  const changed = changedFile(call)
  if (changed !== null) return changed
  if (!name.startsWith('open') || /O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)/.test(rest)) return null
  const [file = ''] = paths
  // Ignore files can be links. Which files a search skips says nothing of their content.
  if (/^(rg|tree)$/.test(call.program) && IGNORE_FILE.test(call.named)) return null
  return mayRead(file, call.program, project) ? null : `reads ${file}`
}

/** Programs of the tables of read-only programs, and those that start them. */
const LISTED = new Set(
  (
    'ls cat tac head tail wc nl grep egrep fgrep rg file stat du df tree sort uniq cut tr paste comm join diff cmp fold fmt ' +
    'expand unexpand column rev strings xxd hexdump less more basename dirname realpath readlink echo pwd true false sleep ' +
    'seq which whereis whoami id groups hostname uname arch nproc uptime tty printf printenv test [ date find sed jq git ' +
    'timeout nice ionice nohup stdbuf time env xargs bash sh dash letta od free locale bc shuf ' +
    'awk mawk gawk nawk md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum sum cksum shasum base64 base32 hd ' +
    // Builtins that a wrapper looks up as programs.
    ': exit break continue wait type read set cd pushd command [['
  ).split(' '),
)

/** Programs that may only be asked for their version. */
const VERSIONED = new Set(
  (
    'node npm tsc python python3 pip pip3 gcc g++ clang cmake make java javac php perl bash zsh docker gh curl wget sqlite3 ' +
    'psql vim nvim'
  ).split(' '),
)

function execViolation({ paths: [file = ''], words }: TracedCall): string | null {
  const name = path.basename(file)
  const isSystem = /^(\/usr(\/local)?)?\/s?bin\/[^/]+$|^\/opt\/bin\/[^/]+$/.test(file)
  const isHelper = /^\/usr\/(lib|libexec)\/git-core\/git/.test(file)
  if (isSystem && LISTED.has(name)) return null
  if (
    isSystem &&
    VERSIONED.has(name) &&
    words.length === 2 &&
    /^(--version|-v|-V)$/.test(words[1] ?? '')
  )
    return null
  return isHelper ? null : `executes ${file} (${words.join(' ')})`
}

function connectViolation({ rest }: TracedCall): string | null {
  if (/AF_NETLINK|sun_path="\/(var\/)?run\/nscd\/socket"/.test(rest)) return null
  return `connects: ${rest}`
}

const IGNORE_FILE = /(^|\/)(\.(rg|git)?ignore|info\/exclude|commondir|\.git)$/

/** Looking at names outside is enough to learn whether they exist. */
function lookViolation(
  { paths, program, name }: TracedCall,
  { home, outside }: ScratchProject,
): string | null {
  const seen = paths.find((file) => file.startsWith(`${home}/`) || file.startsWith(`${outside}/`))
  // Where a link of the project leads outside, git and ls look at the target and show no content.
  if (seen === undefined || /^(git|ls)$/.test(program) || isOwnSetting(seen, program, home))
    return null
  return `${name} of ${seen}`
}

/** Whether a program reads its settings in the user's home directory. */
function isOwnSetting(file: string, program: string, home: string): boolean {
  return file.startsWith(home) && OWN_SETTINGS.get(program)?.test(file.slice(home.length)) === true
}

const OWN_SETTINGS: ReadonlyMap<string, RegExp> = new Map([
  ['git', /^\/\.(gitconfig|config\/git\/(config|ignore|attributes))$/],
  ['jq', /^\/\.jq$/],
  ['file', /^\/\.magic(\.mgc)?$/],
  [
    'less',
    /^\/\.(less|lesskey|lesshst|terminfo)$|^\/\.config\/lesskey$|^\/\.local\/state\/lesshst$/,
  ],
  ['rg', /^\/\.(gitconfig|config\/git\/(config|ignore))$/],
])

/** The temporary files in which bash keeps here-documents, and `tac` and `sort` their input. */
const CHANGING_OWN = /^\/tmp\/(sh-thd[\w.-]*|(tac|sort)\w*)$/

function isWritable(file: string): boolean {
  if (
    /^\/dev\/(null|tty|full|zero)$|^pipe:|^(\/[\w./-]*letta-fuzz-run-\w+)?\/results\/\d+\.(out|state)$|^\/proc\/self\/fd\/[12]$/.test(
      file,
    )
  )
    return true
  return CHANGING_OWN.test(file)
}

function mayRead(file: string, program: string, { project, home }: ScratchProject): boolean {
  if (file === project || file.startsWith(`${project}/`)) return true
  if (SYSTEM_FILES.test(file)) return true
  if (isOwnSetting(file, program, home)) return true
  // A program that is a script, and `whereis`, which lists the directories of programs and manuals.
  if (
    file === `/usr/bin/${program}` ||
    (/^(id|groups|whoami|ls|stat)$/.test(program) && USER_DATABASE.test(file)) ||
    (program === 'whereis' && /^\/(usr|opt|etc|s?bin|lib)\b/.test(file))
  )
    return true
  if (program === 'shasum' && file.startsWith('/usr/share/perl/')) return true
  if (program === 'less' && /^\/(etc|usr\/bin|usr\/etc)\/\.?(sysless|syslesskey)$/.test(file))
    return true
  return !CONTENT_READERS.has(program) && SYSTEM_DATA.test(file)
}

/** What programs need to start, whatever they are. */
const SYSTEM_FILES =
  /^(\/usr)?\/lib(32|64)?\/|^\/usr\/(local\/)?share\/locale\/|^\/usr\/share\/zoneinfo\/|^\/etc\/(ld\.so\.\w+|localtime|inputrc|locale\.alias)$|^\/proc\/(self|\d+)\/(maps|fd.*|stat|status|mountinfo|mounts|cmdline)$|^\/proc\/(filesystems|meminfo|mounts|stat|uptime|loadavg|cpuinfo)$|^\/dev\/(null|tty|urandom|zero|fd\/\d+)$|^pipe:|^\/tmp\/(sh-thd[\w.-]*|(tac|sort)\w*)$|^\/sys\/(devices\/system|fs|kernel\/mm)\/|^\/proc\/(\d+|self)\/cgroup$|^\/proc\/sys\/vm\/|^\/usr\/libexec\/coreutils\//

/** What programs read that look up names of users, types of files and terminals. */
const SYSTEM_DATA =
  /^\/etc\/(passwd|group|nsswitch\.conf|hosts|host\.conf|resolv\.conf|magic(\.mime|\.mgc)?|mtab|gitconfig|gitattributes|terminfo\/.*|lsb-release|alternatives\/.*)$|^\/usr\/share\/(misc|file|git-core|terminfo|ca-certificates)\/|^\/proc\/sys\/|^\/var\/run\/utmp$|^\/run\/utmp$|^\/(usr\/)?(local\/)?s?bin\//

/** Where systemd looks for users, link by link. */
const USER_DATABASE =
  /^\/$|^(\/(etc|run|run\/host|run\/systemd|usr|usr\/local|usr\/local\/lib|usr\/lib|lib))(\/userdb(\/.*)?)?$/

const CONTENT_READERS = new Set(
  'bash sh dash cat tac head tail wc nl grep egrep fgrep rg sort uniq cut tr paste comm join diff cmp fold fmt expand unexpand column rev strings xxd hexdump od less more sed jq awk mawk gawk nawk md5sum sha1sum sha256sum sha512sum b2sum sum cksum shasum base64 base32 hd'.split(
    ' ',
  ),
)
