import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { dangers, reasons } from '../../lib/permissions/messages.ts'
import {
  CALL_NOT_EDITABLE,
  CALL_NOT_PENDING,
  EDITED_BY_USER,
  EMPTY_COMMAND,
} from '../../lib/session/messages/approvals.ts'
import { pendingCall } from '../../lib/session/state/selectors.ts'
import { modifiedWhileEdited } from '../../lib/tools/messages/file-changes.ts'
import { commandEdited, planEdited } from '../../lib/tools/messages/reviews.ts'
import { messageOf } from '../../lib/util/user-error.ts'
import { rejection } from '../support/rejection.ts'
import { conversation, type openDesk } from '../support/session.ts'
import { withSession } from '../support/with-session.ts'

describe('A call that the user edits before approving it', () => {
  const desk = withSession()

  const bash = (command: string) => ({ id: 'c1', name: 'Bash', args: { command } })
  const edit = (id: string, from: string, to: string) => ({
    id,
    name: 'Edit',
    args: { file_path: 'a.txt', old_string: from, new_string: to },
  })
  const asked = async (
    calls: readonly { id: string; name: string; args: object }[],
    options: Parameters<typeof openDesk>[1] = {},
  ): Promise<void> => {
    const files = { 'a.txt': 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n' }
    await desk.start([{ calls }, { text: 'Understood.' }], { files, ...options })
    desk.session.turns.send('Go')
    await desk.asks(calls.length)
  }
  const phase = (callId = 'c1') => pendingCall(desk.session.store.state, callId)?.phase
  const answered = (): string => conversation(desk.endpoint.requests.at(-1)).join('\n')
  const fileText = (): string => readFileSync(path.join(desk.project, 'a.txt'), 'utf8')

  it('is shown with the new text, which is what is written, and the agent reads the difference', async () => {
    await asked([edit('c1', 'two', 'TWO')])
    const { approvals } = desk.session
    const { text, fileName } = await approvals.proposedText('c1')
    expect([text, fileName]).to.deep.equal(['one\nTWO\nthree\nfour\nfive\nsix\nseven\n', 'a.txt'])
    await approvals.edit('c1', text.replace('TWO', 'Two'))
    const preview = phase()?.preview
    expect(preview).to.deep.include({ type: 'diff', added: 1, removed: 1 })
    expect((await approvals.proposedText('c1')).text).to.include('Two')
    expect(fileText()).to.include('two\n')
    approvals.allow('c1')
    await desk.settled()
    expect(fileText()).to.equal('one\nTwo\nthree\nfour\nfive\nsix\nseven\n')
    expect(answered()).to.include('-TWO').and.include('+Two')
  })

  it('stays as it was when its command is emptied', async () => {
    await asked([bash('touch made')])
    const { approvals } = desk.session
    const error = await rejection(approvals.edit('c1', ' \n'))
    expect(messageOf(error)).to.equal(EMPTY_COMMAND)
    expect(phase()?.edited).to.equal(undefined)
    approvals.deny('c1', 'no')
    await desk.settled()
  })

  it('is as the agent proposed it once the edit is undone', async () => {
    await asked([edit('c1', 'two', 'TWO')])
    const { approvals } = desk.session
    const { text } = await approvals.proposedText('c1')
    await approvals.edit('c1', `${text}more\n`)
    expect(phase()?.edited).to.deep.equal({ proposed: text, text: `${text}more\n` })
    await approvals.edit('c1', text)
    expect(phase()?.edited).to.equal(undefined)
    approvals.deny('c1', 'no')
    await desk.settled()
  })

  it('is written to what an earlier call has made of the file meanwhile', async () => {
    await asked([edit('c1', 'one', 'ONE'), edit('c2', 'seven', 'SEVEN')])
    const { approvals } = desk.session
    const { text } = await approvals.proposedText('c2')
    await approvals.edit('c2', text.replace('SEVEN', 'Seven'))
    approvals.allow('c1')
    approvals.allow('c2')
    await desk.settled()
    expect(fileText()).to.equal('ONE\ntwo\nthree\nfour\nfive\nsix\nSeven\n')
  })

  it('is refused with the cause when its lines were modified in the file meanwhile, and stays as it was', async () => {
    await asked([edit('c1', 'two', 'TWO')])
    const { approvals } = desk.session
    const { text } = await approvals.proposedText('c1')
    const file = path.join(desk.project, 'a.txt')
    const own = 'one\nmine\nthree\nfour\nfive\nsix\nseven\n'
    writeFileSync(file, own)
    const cause = modifiedWhileEdited('a.txt')
    expect(messageOf(await rejection(approvals.proposedText('c1')))).to.equal(cause)
    const edited = approvals.edit('c1', text.replace('TWO', 'Two'))
    expect(messageOf(await rejection(edited))).to.equal(cause)
    expect(phase()?.edited).to.equal(undefined)
    approvals.deny('c1', 'no')
    await desk.settled()
    expect(fileText()).to.equal(own)
  })

  it('leaves what another program has changed in the file while it was edited, and is refused in the same line', async () => {
    await asked([edit('c1', 'two', 'TWO')])
    const { approvals } = desk.session
    const { text: before } = await approvals.proposedText('c1')
    const file = path.join(desk.project, 'a.txt')
    writeFileSync(file, 'one\ntwo, mine\nthree\nfour\nfive\nsix\nseven\n')
    const text = before.replace('TWO', 'Two')
    const error = await rejection(approvals.edit('c1', text, { before }))
    expect(messageOf(error)).to.equal(modifiedWhileEdited('a.txt'))
    writeFileSync(file, 'one\ntwo\nthree\nfour\nfive\nsix\nSEVEN, mine\n')
    await approvals.edit('c1', text, { before })
    approvals.allow('c1')
    await desk.settled()
    expect(fileText()).to.equal('one\nTwo\nthree\nfour\nfive\nsix\nSEVEN, mine\n')
  })

  it('is a command that is judged again: what runs is what is shown, and the agent reads that', async () => {
    await asked([bash('rm -rf a.txt')])
    expect(phase()?.dangers?.[0]?.because).to.equal(dangers.deletesFiles)
    await desk.session.approvals.edit('c1', 'echo kept')
    expect(phase()).to.deep.include({
      preview: {
        type: 'command',
        command: 'echo kept',
        description: null,
        background: false,
        timeoutMs: 120_000,
      },
      verdict: { decision: 'ask', rule: null, source: null, because: EDITED_BY_USER, part: null },
    })
    expect(phase()?.dangers).to.equal(undefined)
    desk.session.approvals.allow('c1')
    await desk.settled()
    expect(answered()).to.include(commandEdited('echo kept').trim().split('\n')[0])
    expect(answered()).to.include('kept')
    expect(fileText()).to.include('one')
  })

  it('is bound by deny rules and dangers again', async () => {
    await asked([bash('touch b')], { options: { disallowed: ['Bash(curl:*)'] } })
    const { approvals } = desk.session
    const thrown = await rejection(approvals.edit('c1', 'curl example.com'))
    expect(messageOf(thrown)).to.include(reasons.deniedByRule.slice(0, -1))
    expect(phase()?.preview).to.deep.include({ command: 'touch b' })
    await approvals.edit('c1', 'rm -rf b')
    expect(phase()?.dangers?.[0]?.parts).to.deep.equal(['rm -rf b'])
    approvals.deny('c1', 'no')
    await desk.settled()
  })

  it('is not released by a rule that is added for another call', async () => {
    const touch = (id: string) => ({ id, name: 'Bash', args: { command: `touch ${id}` } })
    await asked([touch('c1'), touch('c2'), touch('c3')])
    const { approvals } = desk.session
    await approvals.edit('c2', 'touch other')
    const isInReview = (callId: string): boolean => callId === 'c3'
    await approvals.allowAlways('c1', 'Bash(touch:*)', 'session', { isInReview })
    expect(phase('c2')?.preview).to.deep.include({ command: 'touch other' })
    expect(phase('c3')?.preview).to.deep.include({ command: 'touch c3' })
    approvals.deny('c2', 'no')
    approvals.deny('c3', 'no')
    await desk.settled()
  })

  it('is a plan that the agent gets as it was approved', async () => {
    await asked([{ id: 'c1', name: 'ExitPlanMode', args: { plan: '1. This' } }], {
      options: { mode: 'plan' },
    })
    await desk.session.approvals.edit('c1', '1. That')
    expect(phase()?.preview).to.deep.equal({ type: 'plan', markdown: '1. That' })
    desk.session.approvals.allow('c1')
    await desk.settled()
    expect(answered()).to.include(planEdited('1. That').split('\n').at(-1))
  })

  it('must be editable and still awaiting approval', async () => {
    await asked([bash('touch b')])
    const { approvals } = desk.session
    approvals.deny('c1', 'no')
    expect(messageOf(await rejection(approvals.edit('c1', 'ls')))).to.equal(CALL_NOT_PENDING)
    await desk.settled()
    expect(CALL_NOT_EDITABLE).to.not.equal(CALL_NOT_PENDING)
  })
})
