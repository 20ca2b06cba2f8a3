import { commandReference } from '../../util/references.ts'
import type { MessageWithHint } from '../../util/user-error.ts'

/** Settings, and what an untrusted directory does not get. */

/** It is a change of the user's project, so it is never silent. */
export const GITIGNORE_CHANGED =
  'Added .letta/settings.local.json, your personal settings, to .gitignore.'

export const INSTRUCTIONS_NOT_TRUSTED: MessageWithHint = {
  message:
    'The agent does not get the instructions of this directory (AGENTS.md or a similar file): it is not trusted.',
  hint: `To send them: ${commandReference('directory.trust')}`,
}

export const SETTINGS_IGNORED_HINT = 'The file is ignored and will not be modified.'

/** A mode that allows what no rule denies, while rules that deny cannot be read. */
export const modeUnavailable = (mode: string): string =>
  `${mode} is not available: rules in your settings that deny calls cannot be read.`

export const DENIALS_LOST_HINT =
  'Correct the settings, or start with --ignore-broken-settings. Until then, calls require approval.'
