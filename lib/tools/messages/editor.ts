/** The editor and the pager of the user. */

export const editorFailed = (command: string): string =>
  `The editor "${command}" exited with an error; nothing was changed.`

export const editorFailedAfterSave = (file: string): string =>
  `What it saved before that is in ${file}.`

export const EDITOR_HINT = 'Set EDITOR to another editor.'

/** `reason` names the file. */
export const editedFileUnreadable = (reason: string): string =>
  `The edited text cannot be read: ${reason}. Nothing was changed.`

export const editorTextLeft = (directory: string): string =>
  `What the editor has saved under another name is in ${directory}.`

export const pagerFailed = (command: string): string =>
  `The pager "${command}" exited with an error.`

export const PAGER_HINT = 'Set PAGER to another pager.'
