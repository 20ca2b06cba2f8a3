import type { PickerItem } from '../state/state.ts'
import { pick } from './agents-and-models.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

/** How the workbench looks and listens; what is chosen is kept in the user's settings. */
export const LOOK_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'theme.choose',
    title: 'Choose the theme',
    slash: 'theme',
    argument: { name: 'theme', required: false },
    choices: (context) => namesOf(context, 'themes'),
    run: (context, name) => choose(context, 'themes', name),
  },
  {
    id: 'theme.set',
    title: 'Take this theme',
    hidden: true,
    run(context, name) {
      context.setTheme(name)
      return context.session.saveSetting('theme', name)
    },
  },
  {
    id: 'keymap.choose',
    title: 'Choose the keymap',
    slash: 'keymap',
    argument: { name: 'keymap', required: false },
    choices: (context) => namesOf(context, 'keymaps'),
    run: (context, name) => choose(context, 'keymaps', name),
  },
  {
    id: 'keymap.set',
    title: 'Take this keymap',
    hidden: true,
    async run(context, name) {
      context.setKeymap(name)
      await context.session.saveSetting('keymap', name)
      context.session.notify('info', `The keys are those of the keymap "${name}" now.`)
    },
  },
  {
    id: 'streaming.toggle',
    title: 'Show answers as they come, or whole',
    slash: 'stream',
    async run({ root, session }) {
      const on = !root.state.workbench.streaming
      root.dispatch({ type: 'streaming.changed', on })
      await session.saveSetting('tokenStreaming', on)
      session.notify('info', on ? 'Answers are shown as they come.' : 'Answers are shown whole.')
    },
  },
]

const KINDS = {
  themes: { command: 'theme.set', title: 'Theme', state: 'theme' },
  keymaps: { command: 'keymap.set', title: 'Keymap', state: 'keymap' },
} as const

/** A name that is no file's is told by whatever reads the file. */
function choose(context: WorkbenchContext, kind: keyof typeof KINDS, wanted: string): void {
  const { command, title } = KINDS[kind]
  if (wanted !== '') {
    context.run(command, wanted)
    return
  }
  pick(context, command, title, namesOf(context, kind))
}

function namesOf(context: WorkbenchContext, kind: keyof typeof KINDS): readonly PickerItem[] {
  const current = context.root.state.workbench[KINDS[kind].state]
  return context.namesOf(kind).map(({ name, own }) => ({
    id: name,
    title: name,
    detail: own ? `yours: ~/.letta/${kind}/${name}.json` : '',
    current: name === current,
  }))
}
