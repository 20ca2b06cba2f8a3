import * as z from 'zod'
import { UserError } from '../../util/user-error.ts'
import {
  backgroundExited,
  backgroundNotFound,
  backgroundSignalled,
  bytesOmitted,
  STILL_RUNNING,
} from '../messages/shell.ts'
import type { OutputDelta } from '../process/shell-manager.ts'
import { ripgrep } from '../search/ripgrep.ts'
import type { Tool } from '../tool.ts'

const parameters = z.object({
  bash_id: z.string().describe('The ID that Bash gave for the background command'),
  filter: z
    .string()
    .optional()
    .describe('Regular expression: return only the new lines that match'),
})

type BashOutputArgs = z.infer<typeof parameters>

export const bashOutput: Tool<BashOutputArgs> = {
  name: 'BashOutput',
  access: 'read',
  description: 'Returns the new output of a background command, and whether it is still running.',
  parameters,
  label: ({ bash_id }) => bash_id,
  subject: () => ({ type: 'nothing' }),
  preview: async (args) => ({ type: 'arguments', text: JSON.stringify(args, null, 2) }),
  async run({ bash_id, filter }, context) {
    const news = context.shells.read(bash_id)
    if (news === null) throw new UserError(backgroundNotFound(bash_id))
    if (filter === undefined || news.text === '') return { status: 'success', text: describe(news) }
    // ripgrep matches in linear time, whatever expression the agent writes.
    const args = ['--no-line-number', '--text', '-e', filter, '-']
    const { text } = await ripgrep({ args, input: news.text, maxBytes: 100_000 }, context)
    return { status: 'success', text: describe({ ...news, text }) }
  },
}

function describe({ shell, text, lost }: OutputDelta): string {
  const parts = [
    ...(lost > 0 ? [bytesOmitted(lost, shell.file)] : []),
    ...(text.trim() === '' ? [] : [text.trimEnd()]),
  ]
  if (shell.status.type === 'exited') {
    const { code, signal } = shell.status
    parts.push(signal === null ? backgroundExited(code) : backgroundSignalled(signal))
  } else if (parts.length === 0) parts.push(STILL_RUNNING)
  return parts.join('\n\n')
}
