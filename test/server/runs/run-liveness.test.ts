import { expect } from 'chai'
import { startOfProcess } from '../../../lib/fs/process-identity.ts'
import type { RunRecord } from '../../../lib/server/records.ts'
import { createLiveness } from '../../../lib/server/runs/run-liveness.ts'

const AT = '2026-01-01T00:00:00.000Z'

function run(fields: Partial<RunRecord> = {}): RunRecord {
  return {
    id: 'run-1',
    agentId: 'agent-1',
    conversationId: 'default',
    type: 'send_message',
    status: 'running',
    stopReason: null,
    background: false,
    client: null,
    createdAt: AT,
    completedAt: null,
    processId: process.ppid,
    heartbeatAt: AT,
    ...fields,
  }
}

describe('A run of another process', () => {
  it('is alive while its heartbeat changes, whatever the clocks of the two say', () => {
    let elapsed = 0
    const isDead = createLiveness(() => elapsed)
    for (const heartbeatAt of ['2001-01-01', '2099-01-01', '1970-01-01', '2026-11-29']) {
      elapsed += 50_000
      expect(isDead(run({ heartbeatAt })), heartbeatAt).to.equal(false)
    }
  })

  it('is dead when its heartbeat has not changed for a minute', () => {
    let elapsed = 0
    const isDead = createLiveness(() => elapsed)
    expect(isDead(run())).to.equal(false)
    elapsed = 60_000
    expect(isDead(run())).to.equal(false)
    elapsed = 60_001
    expect(isDead(run())).to.equal(true)
  })

  it('is dead when another program has the id of its process', () => {
    const processStartedAt = startOfProcess(process.ppid)
    const isDead = createLiveness()
    expect(isDead(run({ processStartedAt }))).to.equal(false)
    const other = processStartedAt === null ? null : `${processStartedAt}1`
    expect(isDead(run({ processStartedAt: other }))).to.equal(processStartedAt !== null)
    expect(isDead(run({ processId: process.pid }))).to.equal(true)
  })
})
