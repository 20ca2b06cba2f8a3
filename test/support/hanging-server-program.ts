import { createAgent, openedServer, say } from './letta-server.ts'
import { scriptedProvider } from './scripted-provider.ts'

/** A program that is killed in the middle of an answer. Prints the id of its agent when the model hangs. */
const [, , database = ':memory:'] = process.argv
const model = scriptedProvider([{ text: 'Half an', hang: true }])
const { client } = await openedServer({ database, model })
const agentId = await createAgent(client)
const stream = await client.agents.messages.stream(agentId, {
  messages: say('hi'),
  background: true,
})
await model.hanging()
// The timer keeps the process alive while the model hangs.
const alive = setInterval(() => {}, 1000)
process.stdout.write(`${agentId}\n`)
for await (const _ of stream);
clearInterval(alive)
