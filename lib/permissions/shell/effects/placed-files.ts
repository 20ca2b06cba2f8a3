import { plainValue } from '../parse/word.ts'
import { isReadOnlyGh } from '../tables/gh.ts'
import { parseGitCommand } from '../tables/git.ts'
import { skipGitOptions } from '../tables/git-options.ts'
import { type SimpleCommand, withInnerCommands } from '../types.ts'
import { programName } from '../unwrap/wrapper-layer.ts'

/**
 * Whether a command puts files or links in place whose content the repository or a download determines, without running
 * code itself: a name that was judged before can be a link to another file afterwards.
 */
export function placesFiles(command: SimpleCommand): boolean {
  return withInnerCommands([command]).some(({ words }) => {
    const name = programName(words[0])
    if (name === null) return words.length > 0
    if (name === 'gh')
      return (
        !isReadOnlyGh(words.slice(1)) && words.some((one) => PLACING_GH.test(plainValue(one) ?? ''))
      )
    if (name !== 'git') return PLACING_PROGRAMS.has(name)
    const subcommand = plainValue(words[skipGitOptions(words).subcommand]) ?? ''
    return !SILENT_GIT_SUBCOMMANDS.has(subcommand) && parseGitCommand(words) === null
  })
}

/** What a line in the background may do at any time: put files in place, also such as belong to a repository. */
export interface InBackground {
  readonly placesFiles: boolean
  readonly placesRepositories: boolean
}

/**
 * Whether a command that only reads could open something else than what was judged: `placing` are the commands of the line that put
 * files in place.
 */
export function couldBeMisled(
  command: SimpleCommand,
  placing: readonly SimpleCommand[],
  inBackground: InBackground,
): boolean {
  if (mayFollowNames(command) && (inBackground.placesFiles || placing.length > 0)) return true
  return couldUseOtherRepository(command, placing, inBackground)
}

/** Whether git could find another repository, or other settings, hooks and aliases in it, than what was judged. */
export function couldUseOtherRepository(
  command: SimpleCommand,
  placing: readonly SimpleCommand[],
  inBackground: InBackground,
): boolean {
  const isGit = withInnerCommands([command]).some(({ words }) => programName(words[0]) === 'git')
  return isGit && (inBackground.placesRepositories || placing.some(placesRepositories))
}

/** Whether one of the files can be a repository, whose settings name programs: git itself puts no file into `.git`. */
export function placesRepositories(command: SimpleCommand): boolean {
  return withInnerCommands([command]).some(({ words }) => {
    const name = programName(words[0])
    return name === null ? words.length > 0 : PLACING_PROGRAMS.has(name)
  })
}

const PLACING_PROGRAMS = new Set(
  'ln cp mv rsync tar unzip 7z patch install link gln gcp gmv ginstall gtar bsdtar busybox toybox cpio pax ditto rename 7za 7zr unar hg svn jj'.split(
    ' ',
  ),
)

/** Subcommands that leave the files of the work tree as they are, or only remove some; others can put links there. */
const SILENT_GIT_SUBCOMMANDS = new Set(
  (
    'add annotate archive blame branch bundle cat-file cherry check-attr check-ignore check-mailmap check-ref-format clean ' +
    'column commit commit-graph commit-tree config count-objects describe diff diff-files diff-index diff-tree fast-export ' +
    'fetch for-each-ref format-patch fsck gc grep hash-object help interpret-trailers log ls-files ls-remote ls-tree ' +
    'maintenance merge-base merge-tree mktag mktree name-rev notes pack-refs patch-id prune push range-diff reflog remote repack ' +
    'replace request-pull rev-list rev-parse rm shortlog show show-branch show-index show-ref status stripspace ' +
    'symbolic-ref tag update-index update-ref var verify-commit verify-pack verify-tag version whatchanged write-tree'
  ).split(' '),
)

/** What a pull request, a repository or a run has is put into the directory. */
const PLACING_GH = /^(checkout|co|clone|fork|sync|download|develop|exec|repo)$/

/** Whether a command that only reads opens files by name. */
export function mayFollowNames({ words, redirections }: SimpleCommand): boolean {
  const name = programName(words[0])
  return redirections.length > 0 || (name !== null && !NAMELESS_PROGRAMS.has(name))
}

const NAMELESS_PROGRAMS = new Set(
  'echo printf true false : pwd git exit wait sleep date'.split(' '),
)
