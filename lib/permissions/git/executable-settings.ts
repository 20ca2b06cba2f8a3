import { SIGNATURE_FORMAT, SIGNATURE_ORDER } from '../shell/tables/git-options.ts'
import type { GitSetting } from './git-settings.ts'

/**
 * Whether a setting of a repository makes a git that only reads run a program, or read what is elsewhere. In the sections that can do
 * so only the settings of a list are harmless, so that a setting of a later git is asked about. `all`: the settings of its file.
 */
export function isExecutable({ name, value }: GitSetting, all: readonly GitSetting[]): boolean {
  if (UNUSUAL.test(name)) return true
  const { section, subsection, key } = partsOf(name)
  if (section === 'include' || section === 'includeif') return true
  if (value === '') return false
  switch (section) {
    case 'core':
      if (key === 'fsmonitor') return !/^(true|false|yes|no|on|off|[01])$/i.test(value)
      return CONNECTING_CORE.test(key) ? isPartial(all) : !HARMLESS_CORE.has(key)
    case 'filter':
      return key !== 'required' && !LFS_FILTER.test(value)
    case 'diff':
      return subsection === null ? key === 'external' : !HARMLESS_DRIVER.has(key)
    case 'gpg':
      return !HARMLESS_GPG.test(key)
    case 'lfs':
      return !HARMLESS_LFS.test(key)
    case 'extensions':
      return key === 'refstorage' ? !/^(files|reftable)$/.test(value) : !HARMLESS_EXTENSION.has(key)
    case 'tar':
      return key === 'command'
    case 'hook':
      return key === 'event' && value === 'post-index-change'
    case 'submodule':
      return key === 'gitdir'
    case 'format':
    case 'pretty':
      return SIGNATURE_FORMAT.test(value)
    case 'credential':
    case 'remote':
    case 'url':
      return CONNECTING.test(key) && isPartial(all)
    default:
      return false
  }
}

/** Whether a git that shows or orders commits in any way runs a program by it: one that merges again, or verifies signatures. */
export function isExecutableForShowing(setting: GitSetting, all: readonly GitSetting[]): boolean {
  if (isExecutable(setting, all)) return true
  const { section, subsection, key } = partsOf(setting.name)
  const { value } = setting
  if (section === 'merge' && subsection !== null)
    return !/^(name|recursive)$/.test(key) && value !== 'true'
  const isOrder = /^(branch|tag)$/.test(section) && subsection === null && key === 'sort'
  return isOrder && SIGNATURE_ORDER.test(value)
}

/** Whether a git that commits runs a program by this setting: also a hook, which no setting of hooks as files switches off. */
export function isExecutableForWriting(setting: GitSetting, all: readonly GitSetting[]): boolean {
  const { section, key } = partsOf(setting.name)
  return (section === 'hook' && key === 'command') || isExecutable(setting, all)
}

/** Whether a git that changes or fetches something runs a program by this setting, in addition to those that `isExecutable` finds. */
export function runsProgramForWriting({ name, value }: GitSetting): boolean {
  const { section, key } = partsOf(name)
  if (section === 'core') return CONNECTING_CORE.test(key)
  if (section === 'submodule') return key === 'update' && value.startsWith('!')
  if (section === 'remote') return /^(uploadpack|receivepack|vcs|proxy)$/.test(key)
  if (section === 'hook') return key === 'command'
  if (section === 'http') return !HARMLESS_HTTP.test(key)
  return PROGRAM_SECTIONS.test(section) || PROGRAM_SETTINGS.test(`${section}.${key}`)
}

const PROGRAM_SECTIONS =
  /^(alias|credential|url|difftool|mergetool|guitool|man|browser|web|instaweb|sendemail|imap|trailer|protocol)$/

/** Also those that write elsewhere, or put a file from elsewhere into what git writes. */
const PROGRAM_SETTINGS =
  /^(interactive\.difffilter|sequence\.editor|gc\.recentobjectshook|rebase\.instructionformat|format\.(outputdirectory|signaturefile)|init\.templatedir|commit\.template|\w+\.(fsck\.)?skiplist)$/

/** Others write files (`cookieFile`), send what the user has to another machine (`proxy`), or believe one (`sslVerify`). */
const HARMLESS_HTTP =
  /^(postbuffer|lowspeedlimit|lowspeedtime|version|useragent|maxrequests|minsessions|keepalive\w*|followredirects|extraheader)$/

/** The parts as git divides a name: a subsection can contain anything, also dots. */
function partsOf(name: string): {
  readonly section: string
  readonly subsection: string | null
  readonly key: string
} {
  const [first, last] = [name.indexOf('.'), name.lastIndexOf('.')]
  return {
    section: name.slice(0, first),
    subsection: first < last ? name.slice(first + 1, last) : null,
    key: name.slice(last + 1),
  }
}

/** Characters that cannot be seen, that separate lines or that are not UTF-8. */
const UNUSUAL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/u

/** A partial clone fetches missing objects while it is read. */
function isPartial(all: readonly GitSetting[]): boolean {
  return all.some(({ name }) => {
    const { section, key } = partsOf(name)
    if (section === 'extensions') return key === 'partialclone'
    return section === 'remote' && /^(promisor|partialclonefilter)$/.test(key)
  })
}

const CONNECTING = /^(helper|uploadpack|vcs|insteadof)$/

const CONNECTING_CORE = /^(sshcommand|gitproxy|askpass)$/

/** The editor and the pager are overridden, and files outside are checked by name. */
const HARMLESS_CORE: ReadonlySet<string> = new Set(
  (
    'repositoryformatversion filemode bare logallrefupdates ignorecase precomposeunicode symlinks autocrlf safecrlf eol ' +
    'whitespace abbrev compression loosecompression bigfilethreshold packedgitwindowsize packedgitlimit ' +
    'deltabasecachelimit preloadindex fscache untrackedcache splitindex sparsecheckout sparsecheckoutcone commitgraph ' +
    'multipackindex commentchar commentstring quotepath pager editor hookspath fsync fsyncmethod fsyncobjectfiles ' +
    'sharedrepository checkstat trustctime excludesfile attributesfile worktree longpaths protectntfs protecthfs createobject ' +
    'notesref warnambiguousrefs maxtreedepth fsmonitorhookversion usebuiltinfsmonitor usereplacerefs checkroundtripencoding ' +
    'filesreflocktimeout packedrefstimeout lockfilepid prefersymlinkrefs hidedotfiles restrictinheritedhandles unsetenvvars ' +
    'sharedindexexpire disambiguate'
  ).split(' '),
)

const HARMLESS_DRIVER = new Set(
  'binary xfuncname funcname wordregex cachetextconv algorithm'.split(' '),
)

const HARMLESS_GPG = /^(format|mintrustlevel|allowedsignersfile|revocationfile)$/

/** Others name programs that git-lfs runs, or a directory to which it writes. */
const HARMLESS_LFS =
  /^(repositoryformatversion|access|locksverify|url|pushurl|concurrenttransfers|allowincompletepush|fetch\w*|skipdownloaderrors|activitytimeout|contenttype|setlockablereadonly|lockignoredfiles)$/

const HARMLESS_EXTENSION = new Set(
  'worktreeconfig objectformat compatobjectformat preciousobjects noop noop-v1 partialclone relativeworktrees'.split(
    ' ',
  ),
)

/** What `git lfs install` writes. */
const LFS_FILTER = /^git-lfs (clean|smudge|filter-process)( --skip)?( -- %f)?$/
