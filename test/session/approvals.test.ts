import { symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { dangers, denialMessage, reasons } from '../../lib/permissions/messages.ts'
import { invalidRule } from '../../lib/session/messages/approvals.ts'
import type { ToolCall, ToolPhase } from '../../lib/session/state/entry.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import type { ScriptedAnswer } from '../support/model-endpoint.ts'
import { conversation, transcript } from '../support/session.ts'
import { withSession } from '../support/with-session.ts'

describe('The approval of a call', () => {
  const desk = withSession()

  const edit = (id: string, file: string, from: string, to: string) => ({
    id,
    name: 'Edit',
    args: { file_path: file, old_string: from, new_string: to },
  })
  const bash = (id: string, command: string) => ({ id, name: 'Bash', args: { command } })
  const files = { 'a.txt': 'one\ntwo\n', 'b.txt': 'one\n' }
  const said = (state: SessionState): readonly string[] => transcript(state).slice(1)
  const answers = (request: number): readonly string[] =>
    conversation(desk.endpoint.requests[request]).filter((line) => /^c\d+ /.test(line))
  const only = async (): Promise<ToolCall> => {
    const [call, ...more] = await desk.asks()
    expect(more).to.deep.equal([])
    if (call === undefined) throw new Error('nothing waits')
    return call
  }
  const inPhase = (callId: string, type: ToolPhase['type']): Promise<ToolCall> =>
    desk.session.store.when(({ current }) => {
      const calls = current.flatMap((entry) => (entry.type === 'tool' ? [entry.call] : []))
      return calls.find((call) => call.callId === callId && call.phase.type === type)
    })
  const oneEdit: readonly ScriptedAnswer[] = [
    { calls: [edit('c1', 'a.txt', 'two', 'three')] },
    { text: 'Understood.' },
  ]

  it('shows an edit as a diff, and changes the file only when it is allowed', async () => {
    await desk.start(oneEdit, { files })
    desk.session.turns.send('Change two to three')
    const call = await only()
    expect(call.label).to.equal('a.txt')
    expect(call.phase).to.deep.equal({
      type: 'waiting',
      access: 'write',
      preview: {
        type: 'diff',
        path: 'a.txt',
        created: false,
        hunks: [
          {
            oldStart: 1,
            newStart: 1,
            lines: [
              { type: 'context', text: 'one', oldNumber: 1, newNumber: 1 },
              { type: 'removed', text: 'two', oldNumber: 2, newNumber: null },
              { type: 'added', text: 'three', oldNumber: null, newNumber: 2 },
            ],
          },
        ],
        added: 1,
        removed: 1,
        remark: null,
      },
      verdict: {
        decision: 'ask',
        rule: null,
        source: null,
        because: reasons.modifiesFile,
        part: `${desk.project}/a.txt`,
      },
      suggestion: { rule: 'Edit(**)', scope: 'project' },
    })
    expect(desk.read('a.txt')).to.equal('one\ntwo\n')
    desk.session.approvals.allow('c1')
    const state = await desk.settled()
    expect(desk.read('a.txt')).to.equal('one\nthree\n')
    expect(said(state).at(-1)).to.equal('assistant: Understood.')
    expect(answers(1)).to.deep.equal([
      `c1 OK: Successfully replaced 1 occurrence in ${desk.project}/a.txt`,
    ])
  })

  it('sends the reason of a denial to the agent, and does not change the file', async () => {
    await desk.start(oneEdit, { files })
    desk.session.turns.send('Change two to three')
    await only()
    desk.session.approvals.deny('c1', 'use four instead')
    const state = await desk.settled()
    expect(said(state)).to.deep.equal([
      'user: Change two to three',
      'Edit a.txt: denied by person: use four instead',
      'assistant: Understood.',
    ])
    expect(answers(1)).to.deep.equal([
      'c1 Failed: Error: request to call tool denied. User reason: use four instead',
    ])
    expect(desk.read('a.txt')).to.equal('one\ntwo\n')
  })

  it('is shown as a denial when the session is opened again', async () => {
    await desk.start(oneEdit, { files })
    desk.session.turns.send('Change two to three')
    await only()
    desk.session.approvals.deny('c1', 'use four instead')
    await desk.settled()
    await desk.session.close()
    const next = desk.again()
    await next.session.opened
    expect(transcript(next.session.store.state)).to.deep.equal([
      'user: Change two to three',
      'Edit a.txt: denied by person: use four instead',
      'assistant: Understood.',
    ])
  })

  it('is not required for a call that a rule allows, but for another one of the same answer', async () => {
    await desk.start(
      [{ calls: [bash('c1', 'echo hi > out.txt'), bash('c2', 'touch b.txt')] }, { text: 'Done.' }],
      { files, options: { allowed: ['Bash(touch:*)'] } },
    )
    desk.session.turns.send('Go')
    const call = await only()
    expect(call.callId).to.equal('c1')
    desk.session.approvals.deny('c1', 'no')
    const state = await desk.settled()
    expect(said(state).slice(1, 3)).to.deep.equal([
      'Bash echo hi > out.txt: denied by person: no',
      'Bash touch b.txt: success: (Command completed with no output)',
    ])
    expect(answers(1)).to.have.lengthOf(2)
  })

  it('saves a rule, and runs every pending call that it covers', async () => {
    await desk.start(
      [
        {
          calls: [
            edit('c1', 'a.txt', 'two', 'three'),
            edit('c2', 'b.txt', 'one', 'six'),
            bash('c3', 'touch c.txt'),
          ],
        },
        { text: 'Done.' },
      ],
      { files },
    )
    desk.session.turns.send('Go')
    await desk.asks(3)
    await desk.session.approvals.allowAlways('c1', 'Edit(**)', 'local')
    const left = await desk.session.store.when(({ current }) => {
      const calls = current.flatMap((entry) => (entry.type === 'tool' ? [entry.call] : []))
      const rest = calls.filter(({ phase }) => phase.type !== 'finished')
      return rest.length === 1 ? rest : undefined
    })
    expect(left.map(({ callId, phase }) => [callId, phase.type])).to.deep.equal([['c3', 'waiting']])
    expect([desk.read('a.txt'), desk.read('b.txt')]).to.deep.equal(['one\nthree\n', 'six\n'])
    expect(desk.settings('project', 'settings.local.json')).to.deep.include({
      permissions: { allow: ['Edit(**)'] },
    })
    desk.session.approvals.deny('c3', 'no')
    await desk.settled()
  })

  it('by a rule lets the other calls run as they were judged, not as they are written', async () => {
    await desk.start(
      [{ calls: [bash('c1', 'touch c.txt'), bash('c2', 'printenv LC_ALL')] }, { text: 'Done.' }],
      { files },
    )
    desk.session.turns.send('Go')
    await desk.asks(2)
    await desk.session.approvals.allowAlways('c1', 'Bash(:*)', 'session')
    const [, , second = ''] = said(await desk.settled())
    expect(second.trim()).to.equal('Bash printenv LC_ALL: success: C.UTF-8')
  })

  it('is not required in the next session with the saved rule', async () => {
    await desk.start(
      [...oneEdit, { calls: [edit('c2', 'b.txt', 'one', 'six')] }, { text: 'Done.' }],
      { files },
    )
    desk.session.turns.send('Change two to three')
    await only()
    await desk.session.approvals.allowAlways('c1', 'Edit(**)', 'project')
    await desk.settled()
    await desk.session.close()
    const state = await desk.again().says('And b')
    expect(desk.read('b.txt')).to.equal('six\n')
    expect(transcript(state).at(-1)).to.equal('assistant: Done.')
  })

  it('by a rule of the session ends with the session', async () => {
    await desk.start(oneEdit, { files })
    desk.session.turns.send('Change two to three')
    await only()
    await desk.session.approvals.allowAlways('c1', 'Edit(**)', 'session')
    await desk.settled()
    expect(desk.session.store.state.rules.allow).to.deep.equal([
      { text: 'Edit(**)', source: 'session' },
    ])
    await desk.session.close()
    const next = desk.again()
    await next.session.opened
    expect(next.session.store.state.rules.allow).to.deep.equal([])
  })

  it('rejects an invalid rule, and stays pending', async () => {
    await desk.start(oneEdit, { files })
    desk.session.turns.send('Go')
    await only()
    const refused = await desk.session.approvals
      .allowAlways('c1', 'Edit(', 'local')
      .catch((thrown) => thrown)
    expect(refused.message).to.satisfy((text: string) => text.startsWith(invalidRule('Edit(', '')))
    expect((await only()).phase.type).to.equal('waiting')
  })

  it('shows no preview of a denied call, and sends the reason to the agent', async () => {
    await desk.start([{ calls: [edit('c1', '.env', 'KEY', 'x')] }, { text: 'Understood.' }], {
      files: { '.env': 'KEY=secret\n' },
      options: { disallowed: ['Edit(.env)'] },
    })
    const state = await desk.says('Go')
    const call = state.settled.find((entry) => entry.type === 'tool')
    const reason = `Permission denied: ${denied('Edit(.env)')}`
    expect(call?.type === 'tool' && call.call.phase).to.deep.equal({
      type: 'denied',
      preview: { type: 'arguments', text: '' },
      by: 'rule',
      reason,
    })
    expect(answers(1)).to.deep.equal([
      `c1 Failed: Error: request to call tool denied. User reason: ${reason}`,
    ])
  })

  it('is not required for an edit that can only fail', async () => {
    await desk.start([{ calls: [edit('c1', 'a.txt', 'absent', 'x')] }, { text: 'I see.' }], {
      files,
    })
    const state = await desk.says('Go')
    expect(said(state)[1]).to.match(/^Edit a\.txt: error: /)
    expect(answers(1)[0]).to.match(/^c1 Failed: String to replace not found/)
  })

  it('is denied in plan mode for writing, which is reported to the agent', async () => {
    await desk.start(
      [
        { calls: [edit('c1', 'a.txt', 'two', 'three'), bash('c2', 'touch c.txt')] },
        { text: 'I only plan.' },
      ],
      { files, options: { mode: 'plan' } },
    )
    const state = await desk.says('Go')
    expect(desk.read('a.txt')).to.equal('one\ntwo\n')
    const denials = answers(1)
    expect(denials).to.have.lengthOf(2)
    for (const denial of denials) {
      expect(denial).to.match(/User reason: Permission denied: .*[Pp]lan mode/)
    }
    expect(said(state).at(-1)).to.equal('assistant: I only plan.')
  })

  it('is not required in bypassPermissions, where deny rules apply nevertheless', async () => {
    await desk.start(
      [
        { calls: [edit('c1', 'a.txt', 'two', 'three'), edit('c2', 'b.txt', 'one', 'six')] },
        { text: 'Done.' },
      ],
      { files, options: { mode: 'bypassPermissions', disallowed: ['Edit(b.txt)'] } },
    )
    await desk.says('Go')
    expect([desk.read('a.txt'), desk.read('b.txt')]).to.deep.equal(['one\nthree\n', 'one\n'])
  })

  it('depends on the mode and the rules at the time of the call', async () => {
    await desk.start([oneEdit[0] ?? {}, { text: 'Done.' }], { files })
    await desk.session.opened
    desk.session.rules.setMode('acceptEdits')
    await desk.says('Go')
    expect(desk.read('a.txt')).to.equal('one\nthree\n')
  })

  it('runs the changing calls of one answer in their order, each after the one before', async () => {
    await desk.start(
      [
        {
          calls: [
            bash('c1', 'sleep 0.3; [ -e made.txt ] && echo early || echo first'),
            { id: 'c2', name: 'Write', args: { file_path: 'made.txt', content: 'made\n' } },
            bash('c3', 'cat made.txt'),
          ],
        },
        { text: 'Done.' },
      ],
      { options: { mode: 'bypassPermissions' } },
    )
    await desk.says('Go')
    expect([answers(1)[0], answers(1)[2]]).to.deep.equal(['c1 OK: first\n', 'c3 OK: made\n'])
  })

  it('is required for an edit outside of the project, whose failure would reveal the file', async () => {
    await desk.start([
      { calls: [edit('c1', '../home/notes.txt', 'a guess', 'x')] },
      { text: 'Understood.' },
    ])
    writeFileSync(path.join(desk.home, 'notes.txt'), 'private\n')
    desk.session.turns.send('Go')
    expect((await only()).callId).to.equal('c1')
    desk.session.approvals.deny('c1', 'no')
    await desk.settled()
    expect(answers(1).join()).to.not.include('a guess')
  })

  it('is decided by the first decision only', async () => {
    await desk.start(oneEdit, { files })
    desk.session.turns.send('Go')
    await only()
    desk.session.approvals.deny('c1', 'no')
    desk.session.approvals.allow('c1')
    await desk.settled()
    expect(desk.read('a.txt')).to.equal('one\ntwo\n')
  })

  it('runs edits of one file one after another, each on the result of the previous one', async () => {
    await desk.start(
      [
        { calls: [edit('c1', 'a.txt', 'two', 'three'), edit('c2', 'a.txt', 'one', 'zero')] },
        { text: 'Done.' },
      ],
      { files },
    )
    desk.session.turns.send('Go')
    await desk.asks(2)
    desk.session.approvals.allow('c2')
    desk.session.approvals.allow('c1')
    await desk.settled()
    expect(desk.read('a.txt')).to.equal('zero\nthree\n')
  })

  it('is asked for an edit of what an earlier call writes, once that has run', async () => {
    await desk.start(
      [
        { calls: [edit('c1', 'a.txt', 'two', 'three'), edit('c2', 'a.txt', 'three', 'four')] },
        { text: 'Done.' },
      ],
      { files },
    )
    desk.session.turns.send('Go')
    const [first, ...others] = await desk.asks()
    expect([first?.callId, others]).to.deep.equal(['c1', []])
    desk.session.approvals.allow('c1')
    await desk.session.store.when(
      ({ current }) =>
        current.some(
          (entry) =>
            entry.type === 'tool' &&
            entry.call.callId === 'c2' &&
            entry.call.phase.type === 'waiting',
        ) || undefined,
    )
    desk.session.approvals.allow('c2')
    await desk.settled()
    expect(desk.read('a.txt')).to.equal('one\nfour\n')
  })

  it('for a file in this turn includes what its earlier calls lead to', async () => {
    const write = { id: 'c2', name: 'Write', args: { file_path: 'a.txt', content: 'all\n' } }
    await desk.start([{ calls: [edit('c1', 'a.txt', 'two', 'three'), write] }, { text: 'Done.' }], {
      files,
    })
    desk.session.turns.send('Go')
    await desk.asks(2)
    desk.session.approvals.allowFileThisTurn('c1')
    desk.session.approvals.allowMany(['c1', 'c2'])
    await desk.settled()
    expect(desk.read('a.txt')).to.equal('all\n')
  })

  it('gives neither key nor token to the command', async () => {
    await desk.start([{ calls: [bash('c1', 'env')] }, { text: 'Done.' }], {
      options: { mode: 'bypassPermissions' },
    })
    await desk.says('Go')
    expect(answers(1)[0]).to.match(/^c1 OK: /)
    expect(answers(1)[0]).to.not.contain('key-for-tests')
  })

  it('is undone with the changes of its turn', async () => {
    await desk.start(oneEdit, { files, options: { mode: 'acceptEdits' } })
    await desk.says('Go')
    const [change] = await desk.session.changes.list()
    expect(change?.tool).to.equal('Edit')
    expect(await desk.session.changes.undo({ callId: 'c1' })).to.deep.equal(['a.txt'])
    expect(desk.read('a.txt')).to.equal('one\ntwo\n')
  })

  it('whose changes were undone can be redone in a later session, after what that session has undone', async () => {
    const later = [{ calls: [edit('c2', 'b.txt', 'one', 'six')] }, { text: 'Done.' }]
    await desk.start([...oneEdit, ...later], { files, options: { mode: 'acceptEdits' } })
    await desk.says('Go')
    await desk.session.changes.undo({ callId: 'c1' })
    await desk.session.close()
    const next = desk.again({ mode: 'acceptEdits' })
    await next.says('And b')
    const { changes } = next.session
    await changes.undo({ callId: 'c2' })
    const redo = async (): Promise<readonly string[]> => {
      const undo = await changes.newestUndo()
      return undo === null ? [] : changes.undo(undo.selection)
    }
    expect([await redo(), await redo(), await redo()]).to.deep.equal([['b.txt'], ['a.txt'], []])
    expect([desk.read('a.txt'), desk.read('b.txt')]).to.deep.equal(['one\nthree\n', 'six\n'])
  })

  it('is judged again right before the call runs', async () => {
    await desk.start(
      [
        {
          calls: [bash('c1', 'ln -sf /etc/hostname link; echo linked'), bash('c2', 'cat link')],
        },
        { text: 'Done.' },
      ],
      { files },
    )
    desk.session.turns.send('Look')
    const [first] = await desk.asks()
    expect(first?.callId).to.equal('c1')
    desk.session.approvals.allow('c1')
    await inPhase('c2', 'waiting')
    desk.session.approvals.deny('c2', 'no')
    await desk.settled()
    expect(answers(1).at(-1)).to.include('no')
  })

  it('runs programs by the paths at which they were found', async () => {
    await desk.start([{ calls: [bash('c1', 'type cat; cat a.txt')] }, {}], { files })
    desk.session.turns.send('Look')
    await desk.settled()
    expect(answers(1).at(-1)).to.match(/cat is hashed \(\/.*\/cat\)/)
  })

  it('shows the danger and the suggestion of the later verdict when the call is judged again', async () => {
    const calls = [bash('c1', WAIT), bash('c2', 'rm -rf build'), bash('c3', 'npm test')]
    await desk.start([{ calls }, {}], { options: { mode: 'bypassPermissions' } })
    desk.session.turns.send('Go')
    await inPhase('c1', 'running')
    desk.session.rules.setMode('default')
    desk.write('go', '')
    expect((await inPhase('c2', 'waiting')).phase).to.deep.include({
      dangers: [{ because: dangers.deletesFiles, parts: ['rm -rf build'] }],
      suggestion: null,
    })
    desk.session.approvals.deny('c2', 'no')
    expect((await inPhase('c3', 'waiting')).phase).to.deep.include({
      suggestion: { rule: 'Bash(npm test:*)', scope: 'project' },
    })
    desk.session.approvals.deny('c3', 'no')
    await desk.settled()
  })

  it('shows the diff of the new target and the command as it then runs when the call is judged again', async () => {
    const calls = [
      bash('c1', 'ln -sf ../home/notes.txt link; ln -sf ../home/notes.txt other'),
      edit('c2', 'link', 'one', 'six'),
      bash('c3', 'cat  other'),
    ]
    await desk.start([{ calls }, {}], { files, options: { mode: 'acceptEdits' } })
    symlinkSync('a.txt', path.join(desk.project, 'link'))
    writeFileSync(path.join(desk.home, 'notes.txt'), 'one\nprivate\n')
    desk.session.turns.send('Go')
    expect((await only()).callId).to.equal('c1')
    desk.session.approvals.allow('c1')
    const { phase } = await inPhase('c2', 'waiting')
    const preview = 'preview' in phase ? phase.preview : null
    expect(
      preview?.type === 'diff' && preview.hunks[0]?.lines.map(({ text }) => text),
    ).to.deep.equal(['one', 'six', 'private'])
    expect(phase).to.deep.include({
      dangers: [{ because: dangers.modifiesOutside, parts: [path.join(desk.project, 'link')] }],
    })
    desk.session.approvals.deny('c2', 'no')
    expect((await inPhase('c3', 'waiting')).phase).to.deep.nested.include({
      preview: {
        type: 'command',
        command: 'cat  other',
        description: null,
        background: false,
        timeoutMs: 120_000,
      },
    })
    desk.session.approvals.deny('c3', 'no')
    await desk.settled()
  })
})

const WAIT = 'while [ ! -e go ]; do sleep 0.01; done'

function denied(rule: string): string {
  const because = reasons.deniedByRule
  return denialMessage({ decision: 'deny', rule, source: 'flag', because, part: null })
}
