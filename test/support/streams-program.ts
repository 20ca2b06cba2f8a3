import { connect } from '../../lib/client/connect.ts'
import { createGateway } from '../../lib/client/gateway/gateway.ts'
import type { Thread } from '../../lib/util/thread.ts'

/** A program in which conversations are being answered, each named with its message. It is killed in the middle of them. */
const [, , database = '', url = '', agentId = '', ...conversations] = process.argv
const environment = { OPENAI_API_KEY: 'key-for-tests', OPENAI_BASE_URL: url }
const gateway = createGateway(
  await connect({ type: 'embedded', database, environment, demo: false }),
)
const { signal } = new AbortController()

async function answer(thread: Thread, text: string): Promise<void> {
  const message = { otid: crypto.randomUUID(), text, reminder: null }
  const limits = { maxSteps: null, approvalTools: [], signal }
  for await (const part of gateway.turns.stream(thread, { replies: [], message }, limits)) {
    if (part.type === 'error') process.stderr.write(`${part.error.message}\n`)
  }
}

await Promise.all(
  conversations.map((one) => {
    const [conversationId = '', text = ''] = one.split('=')
    return answer({ agentId, conversationId }, text)
  }),
)
