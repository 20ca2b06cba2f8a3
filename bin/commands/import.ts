import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { linkTools } from '../../lib/client/gateway/link-tools.ts'
import { systemPrompt } from '../../lib/prompts/index.ts'
import { readConversation } from '../../lib/recording/read-conversation.ts'
import { toAgentFile } from '../../lib/recording/to-agent-file.ts'
import { conversationTitle } from '../../lib/session/conversation-title.ts'
import { TOOLS } from '../../lib/tools/index.ts'
import { draftOf } from '../../lib/tools/schema.ts'
import type { CliEnvironment } from '../io/cli-environment.ts'
import { readTypedFile } from '../io/read-typed-file.ts'
import { agentsImported, continueImported, importedName, linesLeftOut } from '../messages.ts'
import { listImported } from './agent-files.ts'
import { withServer } from './with-agent.ts'

const MAX_FILE_BYTES = 200_000_000

/**
 * `letta import FILE`: a new agent that continues a recorded or exported conversation, with the recorded memory and the local
 * tools.
 */
export function importConversation(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  const [path = ''] = invocation.operands
  return withServer(cli, invocation, async ({ gateway, notify, print, printJson }) => {
    const text = await readTypedFile(cli, path, { maxBytes: MAX_FILE_BYTES })
    const found = readConversation(text, path)
    const first = found.messages.find((message) => message.role === 'user')
    const title = found.title ?? conversationTitle(first?.text ?? '')
    const name = importedName(title ?? found.agent.name)
    const file = toAgentFile(found, { name, system: systemPrompt(), at: Date.now() })
    for (const notice of linesLeftOut(path, found.leftOut)) notify(notice)
    const ids = await gateway.agents.importFile(JSON.stringify(file))
    const drafts = TOOLS.map(draftOf)
    for (const id of ids) {
      const agent = await gateway.agents.retrieve(id)
      if (agent !== null) await linkTools(gateway, agent, drafts)
    }
    if (invocation.flags.has('json')) return printJson({ agents: ids })
    print(agentsImported(await listImported(gateway, ids)))
    for (const id of ids) notify(continueImported(id))
    return 0
  })
}
