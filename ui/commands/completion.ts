import { mentionOf } from '../../lib/util/mentions.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import { visibleCompletion } from '../state/completion.ts'
import { replaceRange } from '../state/editor.ts'
import type { CompletionItem } from '../state/state.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

export const COMPLETION_COMMANDS: readonly WorkbenchCommand[] = [
  move('completion.next', 1),
  move('completion.previous', -1),
  {
    id: 'completion.accept',
    hidden: true,
    run: accept,
  },
  {
    id: 'completion.choose',
    hidden: true,
    run: choose,
  },
  {
    id: 'completion.close',
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'completion.dismissed' }),
  },
]

function move(id: WorkbenchCommandId, by: number): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'completion.moved', by }),
  }
}

/** A directory is followed by suggestions for its content, everything else by a space. */
function accept(context: WorkbenchContext): void {
  const open = visibleCompletion(context.root.state)
  const item = open?.items[Math.max(0, open.selected)]
  if (open === null || item === undefined) return
  const { type, from } = open.trigger
  if (type === 'argument') {
    write(context, from, item.insert)
    return
  }
  if (type === 'command') write(context, from, `/${item.insert} `)
  else {
    const isAttached = context.root.state.workbench.composer.text.startsWith('@+', from)
    write(context, from, mentionOf(item.insert, isAttached))
  }
}

/** Runs a command that requires no argument, or has the one that was typed or selected. */
function choose(context: WorkbenchContext): void {
  const open = visibleCompletion(context.root.state)
  if (open?.trigger.type === 'argument') {
    const isOpen = open.selected < 0 && isArgumentMissing(context)
    if (open.selected >= 0) accept(context)
    context.run(isOpen ? 'completion.next' : 'composer.send')
    return
  }
  const item = open?.items[open.selected]
  if (open !== null && isTyped(context, open, item)) {
    context.run('composer.send')
    return
  }
  const command =
    open?.trigger.type === 'command'
      ? context.commands.find(({ slash }) => slash === item?.insert)
      : undefined
  if (item === undefined || command === undefined || command.argument?.required === true) {
    accept(context)
    return
  }
  if (item.isUnavailable === true) {
    flash(context, item.detail)
    return
  }
  write(context, 0, `/${item.insert}`)
  context.run('composer.send')
}

/** Of a file whose name is complete, there would be only a blank to insert. */
function isTyped(
  { root }: WorkbenchContext,
  { trigger }: NonNullable<ReturnType<typeof visibleCompletion>>,
  item: CompletionItem | undefined,
): boolean {
  if (trigger.type !== 'file' || item === undefined || item.insert.endsWith('/')) return false
  const { text, cursor } = root.state.workbench.composer
  const typed = text.slice(trigger.from, cursor)
  return `${typed} ` === mentionOf(item.insert, typed.startsWith('@+'))
}

/** Nothing is typed yet for a command that cannot run without it. */
function isArgumentMissing({ root, commands }: WorkbenchContext): boolean {
  const typed = /^\/(\S+)\s*$/.exec(root.state.workbench.composer.text)?.[1]
  return commands.find(({ slash }) => slash === typed)?.argument?.required === true
}

function write({ root, now }: WorkbenchContext, from: number, text: string): void {
  const { composer } = root.state.workbench
  const editor = replaceRange(composer, from, composer.cursor, text)
  root.dispatch({ type: 'text.edited', editor, at: now() })
}
