import * as z from 'zod'
import { UserError } from '../../util/user-error.ts'
import { backgroundKilled, runningBackgroundNotFound } from '../messages/shell.ts'
import type { Tool } from '../tool.ts'

const parameters = z.object({
  shell_id: z.string().describe('The ID that Bash gave for the background command'),
})

type KillBashArgs = z.infer<typeof parameters>

export const killBash: Tool<KillBashArgs> = {
  name: 'KillBash',
  access: 'execute',
  description: 'Kills a background command that Bash started, with all its child processes.',
  parameters,
  label: ({ shell_id }) => shell_id,
  subject: () => ({ type: 'nothing' }),
  preview: async (args) => ({ type: 'arguments', text: JSON.stringify(args, null, 2) }),
  async run({ shell_id }, context) {
    if (await context.shells.kill(shell_id))
      return { status: 'success', text: backgroundKilled(shell_id) }
    throw new UserError(runningBackgroundNotFound(shell_id))
  },
}
