import { expect } from 'chai'
import type { SessionEvent } from '../../../lib/session/events.ts'
import { MAX_JOB_OUTPUT_CHARACTERS } from '../../../lib/session/reduce/jobs.ts'
import { reduceSession } from '../../../lib/session/reduce/session.ts'
import { emptySession } from '../../../lib/session/state/session-state.ts'

const start = (jobId: string): SessionEvent => ({
  type: 'job.started',
  jobId,
  command: `run ${jobId}`,
  at: 7,
})
const output = (jobId: string, text: string): SessionEvent => ({ type: 'job.output', jobId, text })
const jobsAfter = (...events: readonly SessionEvent[]) =>
  events.reduce(reduceSession, emptySession('/project', 0)).jobs

describe('The background jobs of the state', () => {
  it('are in the order of their start, each with what it has printed', () => {
    const jobs = jobsAfter(
      start('a'),
      start('b'),
      output('a', 'x'),
      output('b', 'y'),
      output('a', 'z'),
    )
    expect(
      jobs.map(({ id, command, output, startedAt }) => [id, command, output, startedAt]),
    ).to.deep.equal([
      ['a', 'run a', 'xz', 7],
      ['b', 'run b', 'y', 7],
    ])
  })

  it('stay after they have exited, with the exit code', () => {
    const exited: SessionEvent = { type: 'job.exited', jobId: 'a', code: 3, signal: null }
    const [a, b] = jobsAfter(start('a'), start('b'), exited)
    expect(a?.status).to.deep.equal({ type: 'exited', code: 3, signal: null })
    expect(b?.status).to.deep.equal({ type: 'running' })
  })

  it('retain the end of a long output only', () => {
    const [job] = jobsAfter(
      start('a'),
      output('a', 'first'),
      output('a', '.'.repeat(30_000)),
      output('a', 'last'),
    )
    expect(job?.output).to.have.lengthOf(MAX_JOB_OUTPUT_CHARACTERS)
    expect(job?.output).to.match(/\.last$/)
  })
})
