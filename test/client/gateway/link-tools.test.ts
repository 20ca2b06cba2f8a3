import { expect } from 'chai'
import { createGateway, type Gateway } from '../../../lib/client/gateway/gateway.ts'
import { linkTools, unlinkTools } from '../../../lib/client/gateway/link-tools.ts'
import type { ToolDraft } from '../../../lib/client/gateway/tools.ts'
import { BASH, createAgent, type OpenedServer, openedServer } from '../../support/letta-server.ts'

describe('Attaching and detaching tools', () => {
  let opened: OpenedServer
  let gateway: Gateway
  let id: string
  beforeEach(async () => {
    opened = await openedServer()
    const { client } = opened
    gateway = createGateway({ type: 'embedded', url: null, client, close: async () => {} })
    id = await createAgent(client)
  })
  afterEach(() => opened.close())

  const draft = (name: string): ToolDraft => ({ name, description: 'd', parameters: {} })
  const agent = async () => {
    const found = await gateway.agents.retrieve(id)
    if (found === null) throw new Error('no agent')
    return found
  }

  it('does not change other tools and rules', async () => {
    const other = await opened.client.tools.upsert({
      ...BASH,
      source_code: BASH.source_code.replace('Bash', 'Other'),
      json_schema: { ...BASH.json_schema, name: 'Other' },
    })
    await gateway.tools.attach(id, other.id)
    const before = await agent()
    expect(await linkTools(gateway, before, [draft('Read'), draft('Bash')])).to.deep.equal(['Read'])
    const linked = await agent()
    expect([...linked.approvalRules].sort()).to.deep.equal(['Bash', 'Other', 'Read'])
    expect(await unlinkTools(gateway, linked, ['Read', 'Bash'])).to.have.members(['Read', 'Bash'])
    const after = await agent()
    expect(after.tools.filter((name) => /^[A-Z]/.test(name))).to.deep.equal(['Other'])
    expect(after.approvalRules).to.deep.equal(['Other'])
  })

  it('requires approval for every call of a local tool, also of one that another client attached', async () => {
    await gateway.tools.setApproval(id, 'Bash', false)
    const bare = await agent()
    expect([bare.tools.includes('Bash'), bare.approvalRules]).to.deep.equal([true, []])
    expect(await linkTools(gateway, bare, [draft('Bash')])).to.deep.equal([])
    expect((await agent()).approvalRules).to.deep.equal(['Bash'])
  })
})
