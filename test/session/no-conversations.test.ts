import { expect } from 'chai'
import { conversationsUnavailable } from '../../lib/session/messages/conversations.ts'
import { DEFAULT_CONVERSATION } from '../../lib/util/thread.ts'
import { messageOf } from '../../lib/util/user-error.ts'
import { type LettaOverHttp, lettaOverHttp } from '../support/letta-over-http.ts'
import { rejection } from '../support/rejection.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'
import { transcript } from '../support/session.ts'
import { withSession } from '../support/with-session.ts'

const ASIDE = { show() {}, signal: new AbortController().signal }

describe('An agent on a server without conversations', () => {
  const desk = withSession()
  let letta: LettaOverHttp
  const backend = () => ({ type: 'selfHosted', url: letta.url, password: null }) as const
  beforeEach(async () => {
    const model = scriptedProvider([{ text: 'Hello.' }, { text: 'Again.' }])
    letta = await lettaOverHttp({ model, conversations: false })
    await desk.start([], { options: { backend: backend() } })
  })
  afterEach(() => letta.close())

  it('has one history, which later sessions continue', async () => {
    await desk.says('Hi')
    const later = desk.again({ backend: backend() })
    await later.session.opened
    expect(transcript(await later.says('More')).slice(-4)).to.deep.equal([
      'user: Hi',
      'assistant: Hello.',
      'user: More',
      'assistant: Again.',
    ])
    const { conversations } = later.session
    expect(await conversations.list()).to.equal(null)
    expect((await conversations.listAll()).map(({ id }) => id)).to.deep.equal([
      DEFAULT_CONVERSATION,
    ])
  })

  it('reports that a requested conversation is not available', async () => {
    await desk.says('Hi')
    const { conversations } = desk.session
    const { message } = conversationsUnavailable(letta.url)
    for (const wanted of [
      () => conversations.start(),
      () => conversations.fork(),
      () => conversations.open('conv-1'),
      () => conversations.askAside('Why?', ASIDE),
      () => desk.again({ backend: backend(), conversation: 'conv-1' }).session.opened,
    ]) {
      expect(messageOf(await rejection(wanted()))).to.equal(message)
    }
  })
})
