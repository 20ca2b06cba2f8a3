/** Staging and undo. */

export const NOTHING_STAGED_OUTSIDE =
  'This directory is not in a git repository: nothing was staged.'

export const repositoryRunsPrograms = (danger: string): string =>
  `The repository makes git run a program (${danger}): stage the change with git.`

export const outsideRepository = (path: string): string =>
  `${path} is outside of the repository: nothing was staged.`

export const SEVERAL_REPOSITORIES =
  'The files are in several repositories, such as a submodule: nothing was staged. Stage each file.'

export const notInIndex = (path: string): string =>
  `${path} is not in the index of git: stage the file, not a part of it.`

export const stagedDiffers = (path: string): string =>
  `The staged version of ${path} differs in the same lines: nothing was staged.`

export const NOTHING_TO_STAGE = 'Nothing to stage: all of it is undone.'

export const alreadyCommitted = (names: readonly string[]): string =>
  `Already committed: ${names.join(', ')}.`

export const gitFailed = (reason: string): string => `git failed: ${reason}`

export const NOTHING_TO_UNDO = 'Nothing to undo.'

export const modifiedInBetween = (path: string): string =>
  `${path} was modified by another process in between.`

export const leadsElsewhere = (path: string): string =>
  `${path} is behind a link now, which was not there when it was changed; nothing was written.`

export const modifiedSince = (path: string): string => `${path} was modified since.`

export const changedSincePreview = (path: string): string =>
  `${path} was modified after the preview.`

export const previousVersionGone = (path: string): string =>
  `The previous version of ${path} was deleted.`
