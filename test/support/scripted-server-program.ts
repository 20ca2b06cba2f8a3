import { lettaOverHttp } from './letta-over-http.ts'
import { type ScriptedTurn, scriptedProvider } from './scripted-provider.ts'

/** A server whose model always has an answer. Prints its address, and serves until it is killed. */
const [, , database = ':memory:'] = process.argv
const TURNS = 3000

/** The turns alternate: text, a memory tool of the server and its answer, a call for the client and its answer. */
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
