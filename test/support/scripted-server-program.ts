import { lettaOverHttp } from './letta-over-http.ts'
import { type ScriptedTurn, scriptedProvider } from './scripted-provider.ts'

/** A server of its own process whose model always has something to say: prints its address, and serves until it is killed. */
const [, , database = ':memory:'] = process.argv
const TURNS = 3000

/** In the order of a conversation: text, a memory tool of the server and its end, a call for the client and its end. */
function turn(index: number): ScriptedTurn {
  const callId = `call-${process.pid}-${index}`
  switch (index % 4) {
    case 1:
      return {
        text: 'I note that.',
        calls: [{ callId, name: 'memory_insert', args: note(callId) }],
      }
    case 3:
      return { text: 'Let me look.', calls: [{ callId, name: 'Bash', args: '{"command":"ls"}' }] }
    default:
      return { reasoning: 'Hm, well.', text: `This is answer ${index}, of a few words.` }
  }
}

const note = (text: string): string => JSON.stringify({ label: 'human', new_string: text })

const model = scriptedProvider(Array.from({ length: TURNS }, (_, index) => turn(index)))
const { url } = await lettaOverHttp({ database, model })
process.stdout.write(`${url}\n`)
