import { openJournal, type UndoSelection } from '../../lib/tools/journal/journal.ts'
import { createRunner } from '../../lib/tools/runner.ts'

/**
 * Arguments: the project, the home directory, what to do as JSON, and where it is killed: after `calls` calls of a function of the
 * journal, or before the last of them.
 */
const [directory = '', home = '', job = '{}'] = process.argv.slice(2)
const { undo, write, point, calls, isBefore } = JSON.parse(job) as {
  readonly undo?: UndoSelection
  readonly write?: { readonly file_path: string; readonly content: string }
  readonly point: 'record' | 'confirm'
  readonly calls: number
  readonly isBefore: boolean
}
const place = { directory, home, lettaDirectory: `${home}/.letta`, environment: {}, now: Date.now }
const runner = createRunner({ workspace: place })
const journal = undo === undefined ? runner.journal : openJournal(place)
let count = 0
const original = journal[point].bind(journal) as (argument: never) => Promise<unknown>
Object.assign(journal, {
  async [point](argument: never) {
    count += 1
    if (isBefore && count === calls) process.kill(process.pid, 'SIGKILL')
    const result = await original(argument)
    if (count === calls) process.kill(process.pid, 'SIGKILL')
    return result
  },
})
if (undo !== undefined) await journal.undo(undo)
else {
  const args = JSON.stringify(write)
  const made = runner.prepare({ callId: 'killed', turnId: 'killed', name: 'Write', args })
  if (made.ok) await made.prepared.run(new AbortController().signal, () => undefined)
}
