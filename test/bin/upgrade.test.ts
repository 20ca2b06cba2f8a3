import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import Libsql from 'libsql'
import { line } from '../../bin/messages.ts'
import { stripSystemReminder } from '../../lib/client/system-reminder.ts'
import { newerDatabase } from '../../lib/server/messages/storage.ts'
import { conversation, systemOf } from '../support/session.ts'
import { withProgram } from '../support/with-program.ts'

const FIXTURE = path.join(import.meta.dirname, 'fixtures/version-1.sql')
const AGENT = 'agent-00000000-0000-4000-8000-000000000001'

describe('A database of another version', () => {
  const desk = withProgram()

  /** Runs SQL on the database of the desk's home. */
  const write = (sql: string): void => {
    mkdirSync(path.join(desk.home, '.letta'), { recursive: true })
    const database = new Libsql(path.join(desk.home, '.letta/letta.db'))
    database.exec(sql)
    database.close()
  }

  /** The agent has no block for the skills, so that their list goes with the message. */
  const stripReminder = (line: string): string =>
    line.startsWith('user: ') ? `user: ${stripSystemReminder(line.slice(6))}` : line

  it('continues with agent, memory and conversation when it is older, and unknown settings are retained', async () => {
    await desk.setUp([{ text: 'Still here.' }])
    write(readFileSync(FIXTURE, 'utf8'))
    const settings = { lastAgent: AGENT, ofTomorrow: { kept: true }, permissions: { maybe: ['x'] } }
    desk.write('.letta/settings.local.json', JSON.stringify(settings))
    expect(await desk.runs(['-p', 'And now?'])).to.include({ code: 0, stdout: 'Still here.\n' })
    const [request] = desk.model.requests
    expect(systemOf(request)).to.contain('Likes tea.')
    expect(
      conversation(request)
        .filter((line) => /^(user|assistant): /.test(line))
        .map(stripReminder),
    ).to.deep.equal([
      'user: old words',
      'assistant: Let me look. | c1 Bash({"command":"echo hi"})',
      'assistant: It says hi.',
      'user: please remember',
      'assistant: | m1 memory_insert({"label":"human","new_string":"Likes tea."})',
      'assistant: Fine.',
      'user: wait',
      'assistant: | c2 Bash({"command":"touch x"})',
      'assistant: Fine.',
      'user: And now?',
    ])
    expect(JSON.parse(desk.read('.letta/settings.local.json'))).to.deep.equal({
      ...settings,
      lastAgentByServer: { embedded: AGENT },
    })
  })

  it('is reported and not changed when it is newer', async () => {
    await desk.setUp()
    write('create table agents (tomorrow text); pragma user_version = 99')
    const file = path.join(desk.home, '.letta/letta.db')
    const before = readFileSync(file)
    expect(await desk.runs(['-p', 'Hello'])).to.deep.equal({
      code: 1,
      stdout: '',
      stderr: line(`${newerDatabase(file).message}\n  ${newerDatabase(file).hint}`),
    })
    expect(readFileSync(file).equals(before)).to.equal(true)
  })
})
