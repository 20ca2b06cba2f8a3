import { expect } from 'chai'
import {
  cannotWriteTyped,
  conversationDeleted,
  exported,
  line,
  unknownExportFormat,
} from '../../bin/messages.ts'
import { RESUME_REQUIRES_SCREEN } from '../../lib/cli/messages.ts'
import type { Gateway } from '../../lib/client/gateway/gateway.ts'
import { identifyProcess } from '../../lib/fs/process-identity.ts'
import {
  conversationAtWork,
  conversationNotFound,
  DEFAULT_STAYS,
  IS_ARCHIVED,
} from '../../lib/session/messages/conversations.ts'
import { openShell, type Shell } from '../support/command-line.ts'

const FIRST_MESSAGE = 'Say something'
const UNKNOWN = 'conv-11111111-1111-4111-8111-111111111111'

describe('letta conversations', () => {
  let shell: Shell
  let id = ''
  let gateway: Gateway
  before(async () => {
    shell = await openShell([{ sticky: true, text: 'The layout is pure.' }])
    await shell.letta(['-p', FIRST_MESSAGE])
    const { agent } = await shell.opens([])
    const { createGateway } = await import('../../lib/client/gateway/gateway.ts')
    const { connect } = await import('../../lib/client/connect.ts')
    gateway = createGateway(
      await connect({
        type: 'embedded',
        database: `${shell.home}/.letta/letta.db`,
        environment: {},
        demo: false,
        historyDays: 90,
      }),
    )
    id = (await gateway.conversations.create(agent?.id ?? ''))?.id ?? ''
    await shell.letta(['-p', 'Make the layout pure', '--conversation', id])
  })
  after(async () => {
    await gateway.close()
    await shell.close()
  })

  const json = async (...argv: readonly string[]) => JSON.parse((await shell.letta(argv)).stdout)

  it('list shows all of the agent, and marks the one that this directory continues', async () => {
    const listed = await json('conversations', 'list', '--json')
    expect(
      listed.map((one: Record<string, unknown>) => [one['id'], one['title'], one['here']]),
    ).to.deep.equal([
      [id, 'Make the layout pure', true],
      ['default', FIRST_MESSAGE, false],
    ])
    const { stdout } = await shell.letta(['conversations', 'list'])
    expect(stdout).to.include(`* ${id}`).and.to.include(FIRST_MESSAGE)
  })

  it('are listed for the completion of the shell, like agents, models, blocks and themes', async () => {
    const listed = await Promise.all(
      ['conversations', 'agents', 'models', 'blocks', 'themes'].map(async (name) => {
        const { stdout } = await shell.letta(['completion', name])
        return stdout
          .trimEnd()
          .split('\n')
          .map((row) => row.split('\t')[0])
      }),
    )
    expect(listed[0]).to.deep.equal(['default', id])
    expect(listed[1]?.[0]).to.match(/^agent-/)
    expect(listed[2]).to.include('openai/scripted')
    expect(listed[3]).to.have.members(['persona', 'human', 'project', 'skills'])
    expect(listed[4]).to.include.members(['dark', 'light', 'nord'])
  })

  it('complete both names of the program, and only the second when it is called by that', async () => {
    const { stdout: both } = await shell.letta(['completion', 'bash'])
    expect(both).to.include('-F _letta letta letta-workbench\n')
    const second = await shell.letta(['completion', 'bash'], { calledAs: 'letta-workbench' })
    expect(second.stdout).to.include('-F _letta letta-workbench\n')
  })

  it('are continued by letta -p', async () => {
    await shell.letta(['-p', 'And more'])
    const texts = (await json('conversations', 'show', id, '--json')).entries
      .filter((entry: { type: string }) => entry.type === 'user')
      .map((entry: { text: string }) => entry.text)
    expect(texts).to.deep.equal(['Make the layout pure', 'And more'])
  })

  it('show prints the transcript', async () => {
    const { stdout } = await shell.letta(['conversations', 'show', 'default'])
    expect(stdout).to.include('## You\n\nSay something')
  })

  it('search finds texts in all of them, and titles', async () => {
    const found = await json('conversations', 'search', 'LAYOUT is', '--json')
    expect(found.map((one: { id: string }) => one.id)).to.have.members([id, 'default'])
    const titled = await json('conversations', 'search', 'make the', '--json')
    expect(titled.map((one: { id: string }) => one.id)).to.deep.equal([id])
  })

  it('list and search name one that is archived as such', async () => {
    await gateway.conversations.update(id, { isArchived: true })
    for (const words of [['list'], ['search', 'make the']]) {
      const { stdout } = await shell.letta(['conversations', ...words])
      expect(stdout).to.include(`Make the layout pure (${IS_ARCHIVED})`)
    }
    const [found] = await json('conversations', 'search', 'make the', '--json')
    expect(found).to.include({ id, title: 'Make the layout pure', isArchived: true })
    await gateway.conversations.update(id, { isArchived: false })
  })

  it('export writes a file in the format of its ending, and asks before it replaces one', async () => {
    const { stdout } = await shell.letta(['conversations', 'export', id, 'out.html'])
    expect(stdout).to.equal(`${exported('out.html')}\n`)
    expect(shell.read('out.html')).to.match(/^<!doctype html>/)
    const again = await shell.letta(['conversations', 'export', id, 'out.html'])
    expect(again.code).to.equal(2)
    const wrong = await shell.letta(['conversations', 'export', id, 'out.txt'])
    expect(wrong.stderr).to.include(unknownExportFormat('out.txt'))
    const lines = await shell.letta(['conversations', 'export', id, '--format', 'jsonl'])
    expect(JSON.parse(lines.stdout.split('\n')[0] ?? '')).to.include({ type: 'conversation', id })
    const first = await shell.letta(['conversations', 'export', 'default', '--format', 'markdown'])
    expect(first.stdout.split('\n')[0]).to.equal(`# ${FIRST_MESSAGE}`)
    const written = await json('conversations', 'export', id, 'out.md', '--json')
    expect(written).to.deep.equal({ format: 'markdown', file: `${shell.project}/out.md` })
    const printed = await json('conversations', 'export', id, '--json')
    expect(printed).to.deep.equal({ format: 'markdown', text: shell.read('out.md') })
  })

  it('export names a file that cannot be written, as the export of an agent does', async () => {
    const [agent] = await gateway.agents.list()
    for (const argv of [
      ['conversations', 'export', id],
      ['agents', 'export', agent?.id ?? ''],
    ]) {
      const { code, stderr } = await shell.letta([...argv, 'missing/out.md'])
      expect([code, stderr]).to.deep.equal([
        1,
        line(cannotWriteTyped('missing/out.md', 'ENOENT: no such file or directory')),
      ])
    }
  })

  it('have one row each, with a title of several lines, and one heading', async () => {
    const title = 'Two\n\n## You\n\nlines'
    const listed = async () => (await shell.letta(['conversations', 'list'])).stdout
    const before = await listed()
    await gateway.conversations.update(id, { title })
    const flat = title.replaceAll('\n', ' ')
    expect((await listed()).split('\n')).to.have.length(before.split('\n').length)
    expect(await listed()).to.include(flat)
    const { stdout } = await shell.letta(['conversations', 'show', id])
    expect(stdout.split('\n')[0]).to.equal(`# ${flat}`)
    await gateway.conversations.update(id, { title: 'Make the layout pure' })
  })

  it('delete refuses one in which a session is at work, as the deletion of its agent does, also with --yes', async () => {
    const listed = await gateway.conversations.retrieve(id)
    const thread = { agentId: listed?.agentId ?? '', conversationId: id }
    const draft = { activity: 'approval', process: await identifyProcess() } as const
    await gateway.leases.hold(thread, { owner: 'another', ...draft }, null)
    const refused = [
      await shell.letta(['conversations', 'delete', id, '--yes']),
      await shell.letta(['agents', 'delete', thread.agentId, '--yes']),
    ]
    await gateway.leases.release(thread, 'another')
    for (const { code, stderr } of refused) {
      expect(code).to.equal(1)
      expect(stderr).to.include(conversationAtWork(process.pid).message)
    }
    expect(await gateway.conversations.retrieve(id)).not.to.equal(null)
  })

  it('delete removes one, after confirmation only, and never the first', async () => {
    expect((await shell.letta(['conversations', 'delete', 'default', '--yes'])).stderr).to.include(
      DEFAULT_STAYS.message,
    )
    expect((await shell.letta(['conversations', 'delete', id])).code).to.equal(2)
    const { stdout } = await shell.letta(['conversations', 'delete', id, '--yes'])
    expect(stdout).to.equal(`${conversationDeleted('Make the layout pure', id)}\n`)
    expect((await shell.opens([])).conversation.id).to.equal('default')
  })

  it('that do not exist are reported by each command with the name of the program', async () => {
    for (const argv of [
      ['conversations', 'show', UNKNOWN],
      ['-p', 'x', '--conversation', UNKNOWN],
    ]) {
      const { code, stderr } = await shell.letta(argv)
      const [first] = stderr.split('\n')
      expect([code, `${first}\n`]).to.deep.equal([1, line(conversationNotFound(UNKNOWN).message)])
    }
  })

  it('are not chosen from a list without a screen', async () => {
    const { code, stderr } = await shell.letta(['-p', 'x', '--resume'])
    expect([code, stderr.includes(RESUME_REQUIRES_SCREEN)]).to.deep.equal([2, true])
  })
})
