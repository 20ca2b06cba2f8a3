import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { lettaDirectoryOf } from '../../lib/fs/letta-directory.ts'
import { openSettings, SETTINGS_SCHEMA, type Settings } from '../../lib/settings/settings.ts'

const CLOUD = 'https://api.letta.com'

describe('The ids that the settings remember of a server', () => {
  let root: string
  let home: string
  let directory: string
  const open = (): Settings =>
    openSettings({ home, lettaDirectory: lettaDirectoryOf(home), directory })
  const stored = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'))
  const put = (path: string, value: unknown): void => {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), JSON.stringify(value), { mode: 0o600 })
  }

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'letta-servers-')))
    home = join(root, 'home')
    directory = join(root, 'project')
    mkdirSync(home)
    mkdirSync(directory)
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  it('are in the files that the seed names, under its keys, next to the server', async () => {
    const embedded = open().on('embedded')
    await embedded.rememberAgent('agent-1')
    await embedded.rememberBlocks({ persona: 'b1', human: 'b2', project: 'b3', skills: 'b4' })
    await embedded.rememberBlocks({ skills: 'b5' })
    expect(stored('home/.letta/settings.json')).to.deep.equal({
      $schema: SETTINGS_SCHEMA,
      lastAgent: 'agent-1',
      lastAgentByServer: { embedded: 'agent-1' },
      globalSharedBlockIds: { persona: 'b1', human: 'b2' },
      globalSharedBlockIdsByServer: { embedded: { persona: 'b1', human: 'b2' } },
    })
    expect(stored('project/.letta/settings.json')).to.deep.equal({
      localSharedBlockIds: { project: 'b3', skills: 'b5' },
      localSharedBlockIdsByServer: { embedded: { project: 'b3', skills: 'b5' } },
    })
    expect(stored('project/.letta/settings.local.json')).to.deep.equal({
      lastAgent: 'agent-1',
      lastAgentByServer: { embedded: 'agent-1' },
    })
    const again = open().on('embedded')
    expect([again.lastAgent, again.lastAgentAnywhere]).to.deep.equal(['agent-1', 'agent-1'])
    expect(again.blockIds).to.deep.equal({
      persona: 'b1',
      human: 'b2',
      project: 'b3',
      skills: 'b5',
    })
  })

  it('are not used for another server, and are available again for the first one', async () => {
    await open().on('embedded').rememberAgent('agent-1')
    await open().on('embedded').rememberBlocks({ human: 'b1', project: 'b2' })
    const cloud = open().on(CLOUD)
    expect([cloud.lastAgent, cloud.lastAgentAnywhere, cloud.blockIds]).to.deep.equal([
      null,
      null,
      {},
    ])
    await cloud.rememberAgent('agent-2')
    await cloud.rememberBlocks({ human: 'b3' })
    expect(stored('project/.letta/settings.local.json')).to.deep.equal({
      lastAgent: 'agent-2',
      lastAgentByServer: { embedded: 'agent-1', [CLOUD]: 'agent-2' },
    })
    const { lastAgent, blockIds } = open().on('embedded')
    expect([lastAgent, blockIds]).to.deep.equal(['agent-1', { human: 'b1', project: 'b2' }])
    expect(open().on(CLOUD).blockIds).to.deep.equal({ human: 'b3' })
  })

  it('apply to every server, and as the newest, when another program or a user wrote them', async () => {
    put('project/.letta/settings.local.json', { lastAgent: 'agent-1' })
    put('home/.letta/settings.json', { globalSharedBlockIds: { human: 'b1' } })
    expect(open().on(CLOUD).lastAgent).to.equal('agent-1')
    expect(open().on('embedded').blockIds).to.deep.equal({ human: 'b1' })
    const lastAgentByServer = { embedded: 'agent-2' }
    put('project/.letta/settings.local.json', { lastAgent: 'agent-3', lastAgentByServer })
    expect(open().on('embedded').lastAgent).to.equal('agent-3')
  })

  it('do not include a deleted agent', async () => {
    await open().on(CLOUD).rememberAgent('agent-2')
    await open().on('embedded').rememberAgent('agent-1')
    await open().on('embedded').forgetAgent('agent-1')
    expect(open().on('embedded').lastAgent).to.equal(null)
    expect(open().on(CLOUD).lastAgent).to.equal('agent-2')
  })

  it('do not include a blank id', () => {
    put('project/.letta/settings.local.json', {
      lastAgent: '',
      lastAgentByServer: { embedded: ' ' },
    })
    put('project/.letta/settings.json', {
      localSharedBlockIds: { project: ' ', skills: 'block-1' },
    })
    const { lastAgent, blockIds } = open().on('embedded')
    expect({ lastAgent, blockIds }).to.deep.equal({
      lastAgent: null,
      blockIds: { skills: 'block-1' },
    })
  })

  it('are read despite values of the wrong type', () => {
    put('home/.letta/settings.json', {
      lastAgent: 7,
      lastAgentByServer: ['x'],
      globalSharedBlockIdsByServer: { embedded: 'x' },
    })
    const { lastAgentAnywhere, blockIds } = open().on('embedded')
    expect([lastAgentAnywhere, blockIds]).to.deep.equal([null, {}])
  })

  it('are complete when two processes save them at once', async () => {
    const [one, other] = [open().on('embedded'), open().on(CLOUD)]
    await Promise.all([
      one.rememberAgent('agent-1'),
      other.rememberAgent('agent-2'),
      one.rememberBlocks({ human: 'b1', project: 'b2' }),
      other.rememberBlocks({ human: 'b3', project: 'b4' }),
    ])
    expect(open().on('embedded').lastAgent).to.equal('agent-1')
    expect(open().on(CLOUD).lastAgent).to.equal('agent-2')
    expect(open().on('embedded').blockIds).to.deep.equal({ human: 'b1', project: 'b2' })
    expect(open().on(CLOUD).blockIds).to.deep.equal({ human: 'b3', project: 'b4' })
  })
})
