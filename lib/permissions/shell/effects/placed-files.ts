import { plainValue } from '../parse/word.ts'
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
    if (name !== 'git') return PLACING_PROGRAMS.has(name)
    const subcommand = plainValue(words[skipGitOptions(words).subcommand])
    return subcommand === null || PLACING_GIT_SUBCOMMANDS.has(subcommand)
  })
}

const PLACING_PROGRAMS = new Set(
  'ln cp mv rsync tar unzip 7z patch install link gln gcp gmv ginstall gtar bsdtar busybox toybox cpio pax ditto rename 7za 7zr unar hg svn jj'.split(
    ' ',
  ),
)

const PLACING_GIT_SUBCOMMANDS = new Set(
  'checkout switch pull merge reset restore rebase cherry-pick stash apply am clone worktree submodule read-tree checkout-index'.split(
    ' ',
  ),
)

/** Whether a command that only reads opens files by name. */
export function mayFollowNames({ words, redirections }: SimpleCommand): boolean {
  const name = programName(words[0])
  return redirections.length > 0 || (name !== null && !NAMELESS_PROGRAMS.has(name))
}

const NAMELESS_PROGRAMS = new Set(
  'echo printf true false : pwd git exit wait sleep date'.split(' '),
)
