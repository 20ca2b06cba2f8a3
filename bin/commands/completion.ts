import { setTimeout as wait } from 'node:timers/promises'
import { bashCompletion } from '../../lib/cli/completion/bash.ts'
import { fishCompletion } from '../../lib/cli/completion/fish.ts'
import { zshCompletion } from '../../lib/cli/completion/zsh.ts'
import { COMPLETION_LISTS, type CompletionList } from '../../lib/cli/flags.ts'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { EMBEDDED } from '../../lib/session/saved-accounts.ts'
import { toTerminalRow } from '../../lib/util/sanitize.ts'
import { DEFAULT_CONVERSATION } from '../../lib/util/thread.ts'
import { listConfigFiles } from '../../ui/theme/config-files.ts'
import type { CliEnvironment } from '../io/cli-environment.ts'
import { ON_THIS_MACHINE } from '../messages.ts'
import { accountsOfUser } from '../server-environment.ts'
import { agentOfInvocation, type ConnectedServer, withServer } from './with-agent.ts'

/** How long a shell waits for a list, in milliseconds: a model provider may not answer. */
const LIST_TIMEOUT_MS = 2_000

/** Values that no shell reads as anything else. Others are left out. */
const PLAIN = /^[\w@%+,./:-]+$/

/** `letta completion SHELL` prints a script, `letta completion LIST` a value and its title on each line. */
export async function printCompletion(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  const {
    operands: [name = ''],
  } = invocation
  const list = COMPLETION_LISTS.find((known) => known === name)
  if (list === undefined) {
    cli.stdout.write(completionScript(name, completedNames(cli)))
    return 0
  }
  if (list === 'accounts') {
    const all = accountsOfUser(cli).list()
    const rows = all.map(({ name, server }): ListRow => [name, server])
    printRows(cli, [...rows, [EMBEDDED, ON_THIS_MACHINE]])
    return 0
  }
  if (list === 'themes') {
    const themes = await listConfigFiles('themes', cli.lettaDirectory)
    printRows(
      cli,
      themes.map(({ name }): ListRow => [name, '']),
    )
    return 0
  }
  return withServer(cli, invocation, async (server) => {
    const rows = await Promise.race([rowsOf(list, server, invocation), wait(LIST_TIMEOUT_MS, [])])
    printRows(cli, rows)
    return 0
  })
}

function printRows(cli: CliEnvironment, rows: readonly ListRow[]): void {
  for (const [value, title] of rows) {
    if (PLAIN.test(value)) cli.stdout.write(`${value}\t${toTerminalRow(title)}\n`)
  }
}

type ListRow = readonly [value: string, title: string]

async function rowsOf(
  list: Exclude<CompletionList, 'accounts' | 'themes'>,
  server: ConnectedServer,
  invocation: SubcommandInvocation,
): Promise<readonly ListRow[]> {
  const { gateway } = server
  if (list === 'agents') {
    return (await gateway.agents.list()).map(({ id, name }): ListRow => [id, name])
  }
  if (list === 'models') {
    return (await gateway.models.list()).map(({ handle, title }): ListRow => [handle, title])
  }
  const agent = await agentOfInvocation(server, invocation)
  if (list === 'blocks') {
    return agent.blocks.map(({ label, description }): ListRow => [label, description ?? ''])
  }
  const conversations = (await gateway.conversations.list(agent.id)) ?? []
  return [
    [DEFAULT_CONVERSATION, agent.name],
    ...conversations.map(({ id, title }): ListRow => [id, title ?? '']),
  ]
}

/** Who calls it by its second name may have another program that is called `letta`. */
function completedNames({ calledAs }: CliEnvironment): readonly string[] {
  return calledAs === SECOND_NAME ? [SECOND_NAME] : ['letta', SECOND_NAME]
}

const SECOND_NAME = 'letta-workbench'

/**
 * The script by which a shell completes the command lines of the commands `names`.
 * @internal
 */
export function completionScript(shell: string, names: readonly string[]): string {
  if (shell === 'zsh') return zshCompletion(names)
  return shell === 'fish' ? fishCompletion(names) : bashCompletion(names)
}
