import { keyReference } from '../../lib/util/references.ts'
import { askForArgument, PICKER_TITLES } from '../messages/program.ts'
import { openPicker, openPrompt } from './open-overlay.ts'
import type { ListedCommand, WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

export const PALETTE_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'palette.open',
    run: openPalette,
  },
]

function openPalette(context: WorkbenchContext): void {
  const items = context.commands
    .filter((command) => !command.hidden && command.id !== 'palette.open')
    .map((command) => {
      const { id, title } = command
      const names = [keyOf(context, id), slashOf(command)].filter(Boolean).join(' · ')
      const unavailable = command.unavailable()
      const detail = unavailable ?? names
      return {
        title,
        detail,
        current: false,
        ...(unavailable === null ? {} : { isUnavailable: true as const }),
        searched: `${title} ${detail} ${id}`,
        action: { type: 'command.run', commandId: id } as const,
      }
    })
  openPicker(context, PICKER_TITLES.commands, items)
}

/** Empty when no key is bound. */
function keyOf({ presenter }: WorkbenchContext, id: string): string {
  const reference = keyReference(id)
  const shown = presenter()(reference)
  return shown.startsWith('“') ? '' : shown
}

function slashOf({ slash, source }: ListedCommand): string {
  if (slash === null) return ''
  return source === null ? `/${slash}` : `/${slash} · ${source}`
}

/** Runs the command, or asks for its argument first. */
export function runFromPalette(context: WorkbenchContext, commandId: string): void {
  const command = context.commands.find((one) => one.id === commandId)
  if (command?.argument?.required !== true) {
    context.run(commandId)
    return
  }
  openPrompt(context, {
    title: command.title,
    explanation: askForArgument(command.argument.name),
    action: { type: 'command.run', commandId },
  })
}
