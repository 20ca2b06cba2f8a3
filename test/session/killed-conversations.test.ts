import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import Libsql from 'libsql'
import { TURN_INTERRUPTED } from '../../lib/session/messages/turns.ts'
import { transcript } from '../support/session.ts'
import { withSession } from '../support/with-session.ts'

const PROGRAM = path.join(import.meta.dirname, '../support/streams-program.ts')

describe('Two conversations that are answered', () => {
  const desk = withSession()

  /** The answers that are stored while they arrive. */
  const partialAnswers = (database: string): number => {
    const opened = new Libsql(database)
    const row: unknown = opened.prepare('select count(*) as n from partial_answers').get()
    opened.close()
    return Number(Object(row).n)
  }

  it('when the program is killed are marked in the list, show what was written, and continue', () =>
    killed(([here, there]) => [[here, there]]))

  it('by a program each, continue when both are killed', () =>
    killed(([here, there]) => [[here], [there]]))

  /** `programs`: the conversations of each program. */
  async function killed(
    programs: (all: readonly [string, string]) => readonly (readonly string[])[],
  ): Promise<void> {
    await desk.start([
      { match: { last: 'Hello' }, sticky: true, text: 'Hello.' },
      { match: { last: 'Count here' }, text: 'one two', hang: true },
      { match: { last: 'Count there' }, text: 'eins zwei', hang: true },
      { match: { last: 'Count here' }, text: 'one two three' },
      { match: { last: 'Count there' }, text: 'eins zwei drei' },
    ])
    const agentId = (await desk.says('Hello')).agent?.id ?? ''
    await desk.session.conversations.start()
    const { conversation } = await desk.says('Hello there')
    await desk.session.close()
    const database = path.join(desk.home, '.letta', 'letta.db')
    const args = ['--import', 'tsx', PROGRAM, database, desk.endpoint.url, agentId]
    const children = programs(['default=Count here', `${conversation.id}=Count there`]).map(
      (conversations) => spawn(process.execPath, [...args, ...conversations], { stdio: 'inherit' }),
    )
    while (partialAnswers(database) < 2) await pause(20)
    const ended = children.map((child) => once(child, 'exit'))
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(ended)
    for (const [id, text, written, complete] of [
      ['default', 'Count here', 'one two', 'one two three'],
      [conversation.id, 'Count there', 'eins zwei', 'eins zwei drei'],
    ] as const) {
      const next = desk.again({ conversation: id })
      const { store, turns } = next.session
      const opened = await store.when((state) => (state.failedTurn === null ? undefined : state))
      await next.session.opened
      const rows = await next.session.conversations.listAll()
      expect(rows.find((row) => row.id === id)?.status).to.equal('failed')
      expect(transcript(opened).slice(-3)).to.deep.equal([
        `user (failed): ${text}`,
        `assistant: ${written}`,
        `warning: ${TURN_INTERRUPTED}`,
      ])
      turns.retry()
      expect(transcript(await next.settled()).slice(-2)).to.deep.equal([
        `user: ${text}`,
        `assistant: ${complete}`,
      ])
      const after = await next.session.conversations.listAll()
      expect(after.find((row) => row.id === id)?.status).to.equal(null)
      await next.session.close()
    }
  }
})
