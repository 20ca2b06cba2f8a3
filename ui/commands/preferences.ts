import type { Choice } from '../../lib/commands/command.ts'
import type { ConfigKind } from '../messages/config-files.ts'
import { openPicker } from './open-overlay.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

/** How the workbench looks and listens; what is chosen is kept in the user's settings. */
export const PREFERENCE_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'theme.choose',
    title: 'Choose the theme',
    slash: 'theme',
    argument: { name: 'theme', required: false },
    choices: themeChoices,
    async run(context, name) {
      if (name !== '') return setTheme(context, name)
      const items = (await themeChoices(context)).map((choice) => ({
        ...choice,
        action: { type: 'theme.set', name: choice.id } as const,
      }))
      openPicker(context, 'Theme', items)
    },
  },
  {
    id: 'keymap.choose',
    title: 'Choose the keymap',
    slash: 'keymap',
    argument: { name: 'keymap', required: false },
    choices: keymapChoices,
    async run(context, name) {
      if (name !== '') return setKeymap(context, name)
      const items = (await keymapChoices(context)).map((choice) => ({
        ...choice,
        action: { type: 'keymap.set', name: choice.id } as const,
      }))
      openPicker(context, 'Keymap', items)
    },
  },
  {
    id: 'streaming.toggle',
    title: 'Show answers as they come, or whole',
    slash: 'stream',
    async run({ root, session }) {
      const on = !root.state.workbench.streaming
      root.dispatch({ type: 'streaming.changed', on })
      await session.preferences.save('tokenStreaming', on)
      session.notify('info', on ? 'Answers are shown as they come.' : 'Answers are shown whole.')
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
  context.session.notify('info', `The keys are those of the keymap "${name}" now.`)
}

function themeChoices(context: WorkbenchContext): Promise<readonly Choice[]> {
  return choicesOf(context, 'themes', context.root.state.workbench.theme)
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
    detail: own ? `yours: ~/.letta/${kind}/${name}.json` : '',
    current: name === current,
  }))
}
