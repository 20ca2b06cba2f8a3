import { APPROVAL_TITLES } from './command-titles/approval.ts'
import { COMPOSER_TITLES } from './command-titles/composer.ts'
import { CONVERSATION_TITLES } from './command-titles/conversation.ts'
import { DIALOG_TITLES } from './command-titles/dialogs.ts'
import { MEMORY_TITLES } from './command-titles/memory.ts'
import { OTHER_PAGE_TITLES } from './command-titles/pages.ts'
import { PANE_TITLES } from './command-titles/panes.ts'
import { PROGRAM_TITLES } from './command-titles/program.ts'
import { TEXT_TITLES } from './command-titles/text.ts'
import { VIM_TITLES } from './command-titles/vim.ts'

/**
 * The commands of the workbench: what the palette, the help and `docs/keys.md` call them, without a full stop.
 * `lib/commands` has the commands that also work without a screen.
 */
export const COMMAND_TITLES = {
  ...PROGRAM_TITLES,
  ...PANE_TITLES,
  ...COMPOSER_TITLES,
  ...CONVERSATION_TITLES,
  ...APPROVAL_TITLES,
  ...MEMORY_TITLES,
  ...OTHER_PAGE_TITLES,
  ...DIALOG_TITLES,
  ...TEXT_TITLES,
  ...VIM_TITLES,
} as const

export type WorkbenchCommandId = keyof typeof COMMAND_TITLES

/** Where a slash command comes from that is a prompt in a file. */
export const PROMPT_SOURCES = { user: 'your prompt', project: 'project prompt' } as const
