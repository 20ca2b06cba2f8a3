import type { Choice } from '../../lib/commands/command.ts'
import type { ConfigKind } from '../messages/config-files.ts'
import {
  customFile,
  FOLLOWS_TERMINAL,
  keymapSet,
  MOUSE_OFF,
  MOUSE_ON,
  PICKER_TITLES,
  STREAMING_OFF,
  STREAMING_ON,
} from '../messages/program.ts'
import { AUTOMATIC_THEME } from '../theme/theme-loader.ts'
import { openPicker } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/** Appearance and keys. What is chosen is saved in the user's settings. */
export const PREFERENCE_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'theme.choose',
    argument: { name: 'theme', required: false },
    choices: themeChoices,
    async run(context, name) {
      if (name !== '') return setTheme(context, name)
      const items = (await themeChoices(context)).map((choice) => ({
        ...choice,
        action: { type: 'theme.set', name: choice.id } as const,
      }))
      openPicker(context, PICKER_TITLES.theme, items)
    },
  },
  {
    id: 'keymap.choose',
    argument: { name: 'keymap', required: false },
    choices: keymapChoices,
    async run(context, name) {
      if (name !== '') return setKeymap(context, name)
      const items = (await keymapChoices(context)).map((choice) => ({
        ...choice,
        action: { type: 'keymap.set', name: choice.id } as const,
      }))
      openPicker(context, PICKER_TITLES.keymap, items)
    },
  },
  {
    id: 'streaming.toggle',
    async run({ root, session }) {
      const on = !root.state.workbench.streaming
      root.dispatch({ type: 'streaming.changed', on })
      await session.preferences.save('tokenStreaming', on)
      session.notify('info', on ? STREAMING_ON : STREAMING_OFF)
    },
  },
  {
    id: 'mouse.toggle',
    async run(context) {
      const on = !context.root.state.workbench.mouse
      context.setMouse(on)
      context.root.dispatch({ type: 'mouse.changed', on })
      flash(context, on ? MOUSE_ON : MOUSE_OFF)
      await context.session.preferences.save('mouse', on)
    },
  },
]

export async function setTheme(context: WorkbenchContext, name: string): Promise<void> {
  await context.setTheme(name)
  await context.session.preferences.save('theme', name)
}

export async function setKeymap(context: WorkbenchContext, name: string): Promise<void> {
  await context.setKeymap(name)
  await context.session.preferences.save('keymap', name)
  context.session.notify('info', keymapSet(name))
}

async function themeChoices(context: WorkbenchContext): Promise<readonly Choice[]> {
  const { theme } = context.root.state.workbench
  const current = theme === AUTOMATIC_THEME
  const automatic = {
    id: AUTOMATIC_THEME,
    title: AUTOMATIC_THEME,
    detail: FOLLOWS_TERMINAL,
    current,
  }
  return [automatic, ...(await choicesOf(context, 'themes', theme))]
}

function keymapChoices(context: WorkbenchContext): Promise<readonly Choice[]> {
  return choicesOf(context, 'keymaps', context.root.state.workbench.keymap)
}

async function choicesOf(
  { configFiles }: WorkbenchContext,
  kind: ConfigKind,
  current: string,
): Promise<readonly Choice[]> {
  const files = await configFiles(kind)
  return files.map(({ name, own }) => ({
    id: name,
    title: name,
    detail: own ? customFile(kind, name) : '',
    current: name === current,
  }))
}
