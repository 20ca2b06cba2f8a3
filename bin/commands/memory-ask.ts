import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import type { AgentCopies, CopyAnswer } from '../../lib/memory/ask-copy.ts'
import { leaveOut } from '../../lib/memory/leave-out.ts'
import { toTerminalText } from '../../lib/util/sanitize.ts'
import { UsageError } from '../../lib/util/user-error.ts'
import type { CliEnvironment } from '../io/cli-environment.ts'
import { createProgress } from '../io/progress.ts'
import {
  asking,
  calledTools,
  NO_TEXT_ANSWERED,
  SAME_ANSWERS,
  WITH_MEMORY,
  WITHOUT_REQUIRED,
  withoutMemory,
} from '../messages.ts'
import { describeCopies, withCopies } from './memory-test.ts'
import { sideBySide } from './side-by-side.ts'
import { withServer } from './with-agent.ts'

/** `letta memory ask --without LABEL[:LINE] QUESTION`: the answers of two copies, with and without this memory. */
export async function askWithout(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  const { flags, operands } = invocation
  const [question = ''] = operands
  const parts = flags.values('without')
  if (parts.length === 0) throw new UsageError(WITHOUT_REQUIRED)
  return withServer(cli, invocation, (server) =>
    withCopies(server, invocation, async (copies, signal) => {
      const { print, printJson, notify } = server
      const { blocks, removed } = leaveOut(copies.template.blocks, parts)
      notify(describeCopies(server, copies, 2))
      const progress = createProgress(cli)
      const ask = (number: number, of: AgentCopies['template']['blocks']): Promise<CopyAnswer> => {
        progress.show(asking(number, 2, question))
        return copies.ask(question, { signal, blocks: of }).finally(() => progress.clear())
      }
      const complete = await ask(1, copies.template.blocks)
      const without = await ask(2, blocks)
      if (flags.has('json')) {
        const answers = { complete: describeAnswer(complete), without: describeAnswer(without) }
        return printJson({ question, leftOut: parts.join(', '), removed, ...answers })
      }
      const columns = [
        { title: WITH_MEMORY, text: textOf(complete) },
        { title: withoutMemory(parts.join(', ')), text: textOf(without) },
      ] as const
      print(sideBySide(columns, cli.stdout.isTTY ? (process.stdout.columns ?? 0) : 0))
      if (complete.text === without.text) notify(SAME_ANSWERS)
      return 0
    }),
  )
}

/** What `--json` prints of an answer. */
function describeAnswer({ text, tools, milliseconds }: CopyAnswer): object {
  return { answer: text, tools, milliseconds }
}

function textOf({ text, tools }: CopyAnswer): string {
  const called = tools.length === 0 ? [] : [`(${calledTools(tools)})`]
  return toTerminalText([text || NO_TEXT_ANSWERED, ...called].join('\n'))
}
