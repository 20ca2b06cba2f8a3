import { expect } from 'chai'
import { type Desktop, openDesktop } from '../../support/desktop.ts'
import { conversation } from '../../support/session.ts'

describe('completion in the message', () => {
  let desk: Desktop
  afterEach(() => desk.close())

  const text = (): string => desk.root.state.workbench.composer.text

  it('offers commands from the first /, fewer with each letter, and runs the chosen one', async () => {
    desk = await openDesktop()
    desk.types('/')
    expect(await desk.sees('▸ /help'))
      .to.include('/help')
      .and.include('tab writes it')
    desk.types('me')
    expect(await desk.sees('▸ /memory')).to.not.include('/model')
    desk.presses('enter')
    expect(await desk.sees('▸ Memory')).to.not.include('/memory')
    expect(text()).to.equal('')
  })

  it('writes a command that wants more, and waits for it', async () => {
    desk = await openDesktop()
    desk.types('/ren').presses('enter')
    expect(text()).to.equal('/rename ')
    desk.types('Ada').presses('enter')
    await desk.sees('The agent is called Ada now.')
  })

  it('moves with the arrows, writes with tab, and closes for the word with escape', async () => {
    desk = await openDesktop()
    desk.types('/link').presses('down', 'tab')
    expect(text()).to.equal('/unlink ')
    desk.presses('ctrl+u').types('/li')
    await desk.sees('▸ /link')
    desk.presses('escape').types('n')
    expect(desk.screen()).to.not.include('▸ /link')
    desk.presses('ctrl+u').types('/li')
    await desk.sees('▸ /link')
  })

  it('offers what the argument of a command may be, and takes none of it unasked', async () => {
    desk = await openDesktop()
    desk.types('/theme ')
    expect(await desk.sees('high-contrast')).to.not.match(/▸ (dark|high|light)/)
    desk.types('li').presses('tab')
    expect(text()).to.equal('/theme light')
    desk.presses('enter', 'ctrl+u').types('/mode ')
    await desk.sees('bypassPermissions')
    desk.presses('up')
    await desk.sees('▸ bypassPermissions')
    desk.presses('down', 'down')
    await desk.sees('▸ acceptEdits')
    desk.presses('enter')
    await desk.sees('accept edits')
    expect([text(), desk.done, desk.session.store.state.mode]).to.deep.equal([
      '',
      ['theme light'],
      'acceptEdits',
    ])
    desk.types('/mode pla')
    await desk.sees('│   plan')
    desk.presses('enter')
    await desk.sees('Did you mean plan?')
    expect(desk.session.store.state.mode).to.equal('acceptEdits')
  })

  it('offers models and agents by name', async () => {
    desk = await openDesktop()
    const { id = '' } = desk.session.store.state.agent ?? {}
    desk.types('/model ')
    expect(await desk.sees('openai/other')).to.match(/openai\/scripted +now/)
    desk.types('oth').presses('down', 'enter')
    await desk.sees('answers with openai/other now')
    desk.types('/resume work')
    await desk.sees(/letta-workbench +now/)
    desk.presses('tab')
    expect(text()).to.equal(`/resume ${id}`)
  })

  it('is out of the way of a command that is typed whole, and of one that there is not', async () => {
    desk = await openDesktop()
    desk.types('/usage').presses('enter')
    await desk.sees('model calls')
    desk.presses('escape').types('/nosuch').presses('enter')
    await desk.sees('There is no command /nosuch.')
  })

  it('offers files of the project after @, and tells the agent the path', async () => {
    const files = { 'src/app.ts': '', 'src/apple.ts': '', 'made/app.js': '', '.gitignore': 'made' }
    desk = await openDesktop([{ text: 'I see.' }], { files })
    desk.types('Look at @app')
    expect(await desk.sees('▸ src/app.ts'))
      .to.include('src/apple.ts')
      .and.not.include('made/')
    desk.presses('down', 'enter')
    expect(text()).to.equal('Look at @src/apple.ts ')
    desk.types('please').presses('enter')
    await desk.sees('I see.')
    expect(conversation(desk.endpoint.requests[0])).to.deep.equal([
      'user: Look at @src/apple.ts please',
    ])
  })

  it('goes on into a folder', async () => {
    desk = await openDesktop([], { files: { 'src/deep/one.ts': '', 'src/two.ts': '' } })
    desk.types('@')
    await desk.sees('▸ src/')
    desk.presses('tab')
    expect(text()).to.equal('@src/')
    await desk.sees('▸ src/deep/')
    desk.types('tw')
    await desk.sees('▸ src/two.ts')
    desk.presses('tab')
    expect(text()).to.equal('@src/two.ts ')
  })

  it('offers nothing outside the project', async () => {
    desk = await openDesktop()
    desk.types('@/etc/pass')
    desk.types(' @../')
    expect(desk.root.state.workbench.completion).to.equal(null)
  })

  it('lets the arrows go through messages sent before, commands among them', async () => {
    desk = await openDesktop([{ text: 'Hello.' }])
    desk.types('/usage').presses('enter', 'escape').types('Hi').presses('enter')
    await desk.sees('Hello.')
    desk.presses('up', 'up')
    expect(text()).to.equal('/usage')
    desk.presses('down')
    expect(text()).to.equal('Hi')
  })
})
