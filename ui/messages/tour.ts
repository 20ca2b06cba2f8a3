import { commandReference, keyReference } from '../../lib/util/references.ts'

/** What each step of the tour shows, and the keys for it. */
export const TOUR_TEXTS = {
  write: `Write to the agent, for example "Remember that I like short answers." You can write on while it works; ${keyReference('app.back')} stops it. A change of a file waits here for your approval, part by part.`,
  entries: `${keyReference('focus.conversation')} moves into the conversation: j and k go from entry to entry, ${keyReference('entry.toggle')} opens one, and the last row shows what else you can do with it. ${keyReference('app.back')} returns to the message.`,
  memory: `${keyReference('page.memory')} shows what the agent remembers: blocks that are part of each of its requests, which it edits while you work, and which you can edit too.`,
  authors: `On the memory page (${keyReference('page.memory')}) ${keyReference('memory.authors')} shows who wrote each line and when: you, the agent, or something else. The history of a block has each of its versions, and you can return to any.`,
  edit: `On the memory page (${keyReference('page.memory')}) ${keyReference('memory.edit')} edits the selected block. ${keyReference('memory.save')} saves it; ${keyReference('memory.discard')} closes the editor; of a changed text it asks first.`,
  changes: `${keyReference('page.changes')} lists what the session has changed in files, by file and by turn; there you undo a part, a file or a turn. ${commandReference('rewind.open')} returns to any message, with files and memory.`,
  shell: `${keyReference('page.chat')} returns to the conversation. Type !ls there: a line after an exclamation mark runs in your shell, and the agent reads its output with your next message.`,
  palette: `${keyReference('palette.open')} lists all commands with their keys: type a few letters of one, or close the list.`,
  help: `${keyReference('help.open')} shows the keys of the focused pane first. This was the tour; ${commandReference('tour.toggle')} shows it again.`,
} as const

export const TOUR = {
  title: (step: number, steps: number) => `Tour, step ${step} of ${steps}`,
  /** In the title line. */
  keys: `${keyReference('tour.next')} next step  ${commandReference('tour.toggle')} ends`,
  tooSmall: (columns: number, rows: number) =>
    `The tour requires a screen of at least ${columns} columns and ${rows} rows.`,
  ended: `The tour has ended. ${commandReference('tour.toggle')} shows it again.`,
} as const
