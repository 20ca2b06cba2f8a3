import { attachmentFailed } from '../../lib/session/messages/attachments.ts'
import type { Delivery } from '../../lib/session/state/queue.ts'
import { parseMentions } from '../../lib/util/mentions.ts'
import { createUserError, UserError } from '../../lib/util/user-error.ts'
import { NO_FILE_NAMED, NO_PASTE, NOTHING_SENT, SHELL_LINE_REQUIRED } from '../messages/composer.ts'
import { PICKER_TITLES, slashArgumentRequired, unknownSlashCommand } from '../messages/program.ts'
import { visibleCompletion } from '../state/completion.ts'
import { insertAt, moveByLine, replaced, replaceRange, type TextEditor } from '../state/editor.ts'
import { collapsePastes, hasPaste, pasteAt } from '../state/pastes.ts'
import { messageText } from '../state/selectors.ts'
import { composerColumns } from '../view/panes/composer.ts'
import { oneLine } from './one-line.ts'
import { openPicker } from './open-overlay.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

export const COMPOSER_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'composer.send',
    hidden: true,
    run: (context) => send(context, context.root.state.workbench.delivery),
  },
  {
    id: 'composer.sendAtEnd',
    run: (context) => send(context, 'end'),
  },
  {
    id: 'composer.clear',
    hidden: true,
    run({ root }) {
      const text = messageText(root.state)
      if (text !== '') root.dispatch({ type: 'composer.cleared', text })
    },
  },
  {
    id: 'composer.up',
    hidden: true,
    run: (context) => moveOrRecallMessage(context, -1),
  },
  {
    id: 'composer.down',
    hidden: true,
    run: (context) => moveOrRecallMessage(context, 1),
  },
  {
    id: 'composer.searchHistory',
    run: searchHistory,
  },
  {
    id: 'composer.attach',
    hidden: true,
    unavailable: ({ workbench }) => (workbench.composer.text.includes('@') ? null : NO_FILE_NAMED),
    run: toggleAttachment,
  },
  {
    id: 'composer.togglePaste',
    hidden: true,
    unavailable: ({ workbench: { composer, pastes } }) =>
      hasPaste(composer.text, pastes) ? null : NO_PASTE,
    run: togglePaste,
  },
  {
    id: 'composer.edit',
    async run(context) {
      setMessage(context, await context.edit(messageText(context.root.state), 'message.md'))
    },
  },
]

async function send(context: WorkbenchContext, delivery: Delivery): Promise<void> {
  const text = messageText(context.root.state)
  if (text.trim() === '') {
    if (context.root.state.session.isQueuePaused) context.session.turns.resume()
    return
  }
  // Begins another line where the terminal does not report shift+enter.
  if (text.endsWith('\\')) {
    setMessage(context, `${text.slice(0, -1)}\n`)
    return
  }
  if (parseMentions(text).length > 0 && !(await canAttach(context, text))) return
  context.root.dispatch({ type: 'composer.sent', text })
  submit(context, text, delivery)
}

/** Throws when something cannot be attached, so that the message stays; false when it was changed or sent meanwhile. */
async function canAttach({ root, session }: WorkbenchContext, text: string): Promise<boolean> {
  const attachments = await session.attachments.inspect(text)
  if (messageText(root.state) !== text) return false
  root.dispatch({ type: 'attachments.found', text, attachments })
  for (const { name, problem } of attachments) {
    if (problem !== null) throw createUserError(attachmentFailed(name, problem))
  }
  return true
}

/** The file at the cursor, otherwise the last one that is named before it, is attached or only named. */
function toggleAttachment({ root, now }: WorkbenchContext): void {
  const { composer } = root.state.workbench
  const mentions = parseMentions(composer.text)
  const mention = mentions.findLast(({ from }) => from <= composer.cursor) ?? mentions[0]
  if (mention === undefined) throw new UserError(NO_FILE_NAMED)
  const sign = mention.from + 1
  const editor = mention.isAttached
    ? withoutText(composer, sign, sign + 1)
    : insertAt(composer, sign, '+')
  const wasOpen = visibleCompletion(root.state) !== null
  root.dispatch({ type: 'text.edited', editor, at: now() })
  // No letter was typed that asks for suggestions.
  if (!wasOpen) root.dispatch({ type: 'completion.dismissed' })
}

function withoutText(editor: TextEditor, from: number, to: number): TextEditor {
  const { cursor } = editor
  const moved = cursor >= to ? cursor - (to - from) : Math.min(cursor, from)
  return { ...replaced(editor, from, to, ''), cursor: moved }
}

/** Sends the text as a message, or runs it when it is a /command or, after `!`, a command line of the shell. */
export function submit(context: WorkbenchContext, text: string, delivery: Delivery): void {
  if (isSlash(text)) runSlash(context, text)
  else if (text.startsWith('!')) runShellLine(context, text)
  else {
    context.session.turns.send(text, delivery, true)
    // It waits for the first model, which only the person can choose.
    const { agent, start } = context.root.state.session
    if (agent === null && start === 'noModel') context.run('account.choose')
  }
}

/** After `!!`, the agent does not read the output. Nothing of this kind is ever sent as a message. */
function runShellLine({ session }: WorkbenchContext, text: string): void {
  const isShared = !text.startsWith('!!')
  const command = text.slice(isShared ? 1 : 2).trim()
  if (command === '') throw new UserError(SHELL_LINE_REQUIRED)
  session.shellLines.run(command, isShared)
}

/** `/rename Ada` is a command, `/usr/bin/env` and a second line are not. */
export function isSlash(text: string): boolean {
  return /^\/[a-z?][\w-]*(\s|$)/i.test(text) && !text.includes('\n')
}

function runSlash(context: WorkbenchContext, text: string): void {
  const [, word = '', argument = ''] = /^\/(\S+)\s*(.*)$/.exec(text) ?? []
  const command = context.commands.find((one) => one.slash === word)
  if (command === undefined) {
    const names = context.commands.flatMap(({ slash }) => (slash === null ? [] : [slash]))
    throw new UserError(unknownSlashCommand(word, names))
  }
  if (command.argument?.required === true && argument === '') {
    throw new UserError(slashArgumentRequired(word, command.argument.name))
  }
  context.run(command.id, argument)
}

function moveOrRecallMessage(context: WorkbenchContext, by: -1 | 1): void {
  const { composer } = context.root.state.workbench
  const { columns } = context.root.state.workbench.viewport
  const moved = moveByLine(composer, by, composerColumns(columns))
  if (moved !== null)
    context.root.dispatch({ type: 'text.edited', editor: moved, at: context.now() })
  else if (by < 0 && composer.text === '' && editNewestQueued(context)) return
  else context.root.dispatch({ type: 'history.moved', by })
}

/** The previous message may still be queued: it is taken out of the queue, because a copy would be sent twice. */
function editNewestQueued(context: WorkbenchContext): boolean {
  const { queue } = context.root.state.session
  const newest = queue.at(-1)
  if (newest === undefined) return false
  context.session.turns.unqueue(newest.id)
  setMessage(context, newest.text)
  return true
}

/** Shows the messages of all sessions, the newest first. */
function searchHistory(context: WorkbenchContext): void {
  const { history, pastes } = context.root.state.workbench
  const newestFirst = [...new Set(history.sent.toReversed())]
  if (newestFirst.length === 0) throw new UserError(NOTHING_SENT)
  const items = newestFirst.map((text) => ({
    title: oneLine(collapsePastes(text, pastes)),
    detail: '',
    current: false,
    searched: text,
    action: { type: 'message.recall', text } as const,
  }))
  openPicker(context, PICKER_TITLES.messages, items)
}

/** Shows a pasted text in place of its label, or all of them by their labels again. */
function togglePaste({ root, now }: WorkbenchContext): void {
  const { composer, pastes } = root.state.workbench
  const label = pasteAt(composer, pastes)
  const isCollapsed = label !== null
  const [from, to] = label?.range ?? [0, composer.text.length]
  const text = isCollapsed ? label.paste.text : collapsePastes(composer.text, pastes)
  if (!isCollapsed && text === composer.text) throw new UserError(NO_PASTE)
  root.dispatch({ type: 'text.edited', editor: replaced(composer, from, to, text), at: now() })
}

/** A draft that is replaced goes into the history. */
export function replaceMessage(context: WorkbenchContext, text: string): void {
  const before = messageText(context.root.state)
  if (before.trim() !== '') context.root.dispatch({ type: 'composer.cleared', text: before })
  setMessage(context, text)
}

/** The text that is replaced comes back with undo. */
function setMessage(context: WorkbenchContext, text: string): void {
  const { composer, pastes } = context.root.state.workbench
  const shown = collapsePastes(text, pastes)
  const editor = replaceRange(composer, 0, composer.text.length, shown)
  context.root.dispatch({ type: 'focus.moved', to: 'composer' })
  context.root.dispatch({ type: 'text.edited', editor, at: context.now() })
}
