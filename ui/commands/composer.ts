import { suggestionHint } from '../../lib/util/did-you-mean.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { createEditor, moveByLine } from '../state/editor.ts'
import { textColumns } from '../view/panes/composer.ts'
import type { ListedCommand, WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

export const COMPOSER_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'composer.send',
    title: 'Send the message, or run the /command',
    hidden: true,
    run: send,
  },
  {
    id: 'composer.clear',
    title: 'Empty the message',
    hidden: true,
    run: (context) => setMessage(context, ''),
  },
  {
    id: 'composer.up',
    title: 'One line up; on the first line, the message sent before',
    hidden: true,
    run: (context) => moveOrRecallMessage(context, -1),
  },
  {
    id: 'composer.down',
    title: 'One line down; on the last line, the message sent after',
    hidden: true,
    run: (context) => moveOrRecallMessage(context, 1),
  },
  {
    id: 'composer.edit',
    title: 'Write the message in your editor',
    async run(context) {
      setMessage(
        context,
        await context.edit(context.root.state.workbench.composer.text, 'message.md'),
      )
    },
  },
]

function send(context: WorkbenchContext): void {
  const { text } = context.root.state.workbench.composer
  if (text.trim() === '') return
  // A backslash at the end of a line asks for another line where the terminal can't tell shift+enter.
  if (text.endsWith('\\')) {
    setMessage(context, `${text.slice(0, -1)}\n`)
    return
  }
  context.root.dispatch({ type: 'composer.sent', text })
  submit(context, text)
}

/** Sends the text as a message, or runs it when it is a /command. */
export function submit(context: WorkbenchContext, text: string): void {
  if (isSlash(text)) runSlash(context, text)
  else context.session.turns.send(text)
}

/** `/rename Ada` is a command, `/usr/bin/env` and a second line are not. */
export function isSlash(text: string): boolean {
  return /^\/[a-z?][\w-]*(\s|$)/i.test(text) && !text.includes('\n')
}

function runSlash(context: WorkbenchContext, text: string): void {
  const [, word = '', argument = ''] = /^\/(\S+)\s*(.*)$/.exec(text) ?? []
  const command = context.commands.find((one) => one.slash === word)
  if (command === undefined) throw unknownSlash(word, context.commands)
  if (command.argument?.required === true && argument === '') {
    throw new UserError(
      `/${word} wants a ${command.argument.name}: /${word} <${command.argument.name}>`,
    )
  }
  context.run(command.id, argument)
}

function unknownSlash(word: string, commands: readonly ListedCommand[]): UserError {
  const slashes = commands.flatMap(({ slash }) => (slash === null ? [] : [slash]))
  const advice = suggestionHint(word, slashes, {
    write: (near) => `/${near}`,
    otherwise: '/help shows all commands.',
  })
  return new UserError(`There is no command /${word}. ${advice}`)
}

function moveOrRecallMessage(context: WorkbenchContext, by: -1 | 1): void {
  const { composer } = context.root.state.workbench
  const { columns } = context.root.state.workbench.viewport
  const moved = moveByLine(composer, by, textColumns(columns))
  if (moved !== null)
    context.root.dispatch({ type: 'text.edited', editor: moved, at: context.now() })
  else if (by < 0 && composer.text === '' && editNewestQueued(context)) return
  else context.root.dispatch({ type: 'history.moved', by })
}

/** The newest message that waits is the one sent before: it comes back, rather than a copy that would be sent twice. */
function editNewestQueued(context: WorkbenchContext): boolean {
  const { queue } = context.root.state.session
  const newest = queue.at(-1)
  if (newest === undefined) return false
  context.session.turns.unqueue(newest.id)
  setMessage(context, newest.text)
  return true
}

function setMessage(context: WorkbenchContext, text: string): void {
  context.root.dispatch({ type: 'focus.moved', to: 'composer' })
  context.root.dispatch({ type: 'text.edited', editor: createEditor(text), at: context.now() })
}
