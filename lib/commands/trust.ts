import type { SessionCommand } from './session-command.ts'

export const FOLDER_COMMANDS: readonly SessionCommand[] = [
  {
    id: 'folder.trust',
    title: 'Trust this folder: what its settings allow counts',
    slash: 'trust',
    unavailable: ({ grants }) =>
      grants.length === 0
        ? 'This folder’s settings allow nothing that you have not accepted.'
        : null,
    async run({ session }) {
      await session.rules.trust()
      session.notify('info', 'You trust this folder now: what its settings allow counts.')
    },
  },
  {
    id: 'skills.refresh',
    title: 'Read the skills again and bring the agent up to date',
    run: ({ session }) => session.skills.refresh(),
  },
]
