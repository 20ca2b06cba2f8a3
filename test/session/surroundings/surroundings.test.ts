import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { goneInstructionsText } from '../../../lib/prompts/index.ts'
import { INSTRUCTIONS_NOT_TRUSTED } from '../../../lib/session/messages/settings.ts'
import type { SessionOptions } from '../../../lib/session/services.ts'
import { PLACE } from '../../../lib/session/state/surroundings.ts'
import { DEFAULT_CONVERSATION } from '../../../lib/util/thread.ts'
import { conversation, openDesk, type SessionDesk, transcript } from '../../support/session.ts'

const ANSWERS = [{ sticky: true, text: 'Noted.' }] as const

async function opened(
  files: Readonly<Record<string, string>>,
  options: Partial<SessionOptions> = {},
): Promise<SessionDesk> {
  const desk = await openDesk(ANSWERS, {
    files,
    options: { surroundings: true, trustThisRun: true, ...options },
  })
  await desk.session.opened
  return desk
}

/** The user's newest message as the model gets it. */
const sent = (desk: SessionDesk): string =>
  conversation(desk.endpoint.requests.at(-1)).findLast((line) => line.startsWith('user:')) ?? ''

describe('Where the agent is', () => {
  it('is sent with the first message of a conversation only, and is not shown', async () => {
    const desk = await opened({ 'AGENTS.md': 'Use two spaces.' })
    await desk.says('One')
    expect(sent(desk))
      .to.include(`Directory: ${desk.project}`)
      .and.include('Date: 2')
      .and.include('Use two spaces.')
      .and.match(/One$/)
    expect(transcript(desk.session.store.state).slice(1)).to.deep.equal([
      'user: One',
      'assistant: Noted.',
    ])
    await desk.says('Two')
    expect(sent(desk)).to.equal('user: Two')
    const { surroundings } = desk.session.store.state
    expect(surroundings.map(({ name }) => name)).to.deep.equal([PLACE, 'AGENTS.md'])
    expect(surroundings[1]?.characters).to.equal('Use two spaces.'.length)
    await desk.close()
  })

  it('is not in the history of the next session, which sends it only when it has changed', async () => {
    const desk = await opened({ 'AGENTS.md': 'Use two spaces.' })
    await desk.says('One')
    const next = desk.again({ surroundings: true, trustThisRun: true })
    await next.session.opened
    expect(transcript(next.session.store.state)).to.deep.equal(['user: One', 'assistant: Noted.'])
    await next.says('Two')
    expect(sent(desk)).to.equal('user: Two')
    desk.write('AGENTS.md', 'Use tabs.')
    await next.says('Three')
    expect(sent(desk)).to.include('Use tabs.').and.not.include('Directory:')
    await desk.close()
  })

  it('is sent in each conversation', async () => {
    const desk = await opened({})
    await desk.says('One')
    await desk.session.conversations.start()
    await desk.says('Two')
    expect(sent(desk)).to.include('Directory:')
    await desk.session.conversations.open(DEFAULT_CONVERSATION)
    await desk.says('Three')
    expect(sent(desk)).to.equal('user: Three')
    await desk.close()
  })

  it('is sent again after the conversation was compacted', async () => {
    const desk = await opened({})
    await desk.says('One')
    desk.session.store.dispatch({ type: 'surroundings.forgotten' })
    await desk.says('Two')
    expect(sent(desk)).to.include('Directory:')
    await desk.close()
  })

  it('has the branch, and is sent again when that changes', async () => {
    const desk = await opened({ 'a.txt': 'a' })
    const git = (...argv: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...argv], {
        cwd: desk.project,
        stdio: 'ignore',
      })
    git('init', '-b', 'trunk')
    git('add', '.')
    git('commit', '-m', 'a')
    await desk.says('One')
    expect(sent(desk)).to.include('Git branch: trunk, 0 changed files')
    desk.write('b.txt', 'b')
    await desk.says('Two')
    expect(sent(desk)).to.equal('user: Two')
    git('switch', '-c', 'topic')
    await desk.says('Three')
    expect(sent(desk)).to.include('Git branch: topic, 1 changed file\n')
    await desk.close()
  })

  it('is not sent when the setting is off', async () => {
    const desk = await openDesk(ANSWERS, { options: { surroundings: false } })
    await desk.session.opened
    mkdirSync(path.join(desk.home, '.letta'), { recursive: true })
    await desk.says('One')
    expect(sent(desk)).to.equal('user: One')
    writeFileSync(path.join(desk.home, '.letta', 'settings.json'), '{"sendSurroundings":false}')
    const next = desk.again({ surroundings: true })
    await next.session.opened
    await next.session.conversations.start()
    await next.says('Two')
    expect(sent(desk)).to.equal('user: Two')
    await desk.close()
  })
})

describe('The instructions of a directory', () => {
  it('are sent only after it was trusted, which is reported', async () => {
    const desk = await opened({ 'AGENTS.md': 'Use two spaces.' }, { trustThisRun: false })
    await desk.says('One')
    expect(sent(desk)).to.not.include('two spaces')
    expect(transcript(desk.session.store.state)).to.include(
      `info: ${INSTRUCTIONS_NOT_TRUSTED.message}`,
    )
    expect(desk.session.store.state.asksForTrust).to.equal(false)
    await desk.session.rules.trust(desk.session.store.state.grants)
    await desk.says('Two')
    expect(sent(desk)).to.include('Use two spaces.')
    await desk.close()
  })

  it('are those of the first of the known names', async () => {
    const desk = await opened({ 'CLAUDE.md': 'From Claude.', 'GEMINI.md': 'From Gemini.' })
    await desk.says('One')
    expect(sent(desk)).to.include('From Claude.').and.not.include('From Gemini.')
    await desk.close()
  })

  it('are called gone, once, when their file is deleted', async () => {
    const desk = await opened({ 'AGENTS.md': 'Use two spaces.', 'sub/AGENTS.md': 'Use tabs.' })
    desk.write('sub/a.txt', 'a')
    desk.endpoint.setTurns([
      { calls: [{ name: 'Read', args: { file_path: 'sub/a.txt' } }] },
      ...ANSWERS,
    ])
    await desk.says('One')
    await desk.says('Two')
    expect(sent(desk)).to.include('Use tabs.')
    rmSync(path.join(desk.project, 'AGENTS.md'))
    rmSync(path.join(desk.project, 'sub/AGENTS.md'))
    await desk.says('Three')
    const names = ['AGENTS.md', 'sub/AGENTS.md']
    expect(sent(desk)).to.include(goneInstructionsText(names)).and.not.include('Use t')
    await desk.session.store.when(({ surroundings }) => surroundings.length === 1 || undefined)
    await desk.says('Four')
    expect(sent(desk)).to.equal('user: Four')
    desk.write('AGENTS.md', 'Use three spaces.')
    await desk.says('Five')
    expect(sent(desk)).to.include('Use three spaces.')
    await desk.close()
  })

  it('are sent when their file is created during the conversation, after it was trusted', async () => {
    const desk = await opened({}, { trustThisRun: false })
    await desk.says('One')
    desk.write('AGENTS.md', 'Use two spaces.')
    const state = await desk.says('Two')
    expect(sent(desk)).to.equal('user: Two')
    expect(transcript(state).join('\n')).to.include(INSTRUCTIONS_NOT_TRUSTED.message)
    await desk.session.rules.trust(state.grants)
    await desk.says('Three')
    expect(sent(desk)).to.include('Use two spaces.')
    await desk.close()
  })

  it('are not called gone in a session that does not trust them', async () => {
    const desk = await opened({ 'AGENTS.md': 'Use two spaces.' })
    await desk.says('One')
    const next = desk.again({ surroundings: true })
    await next.session.opened
    await next.says('Two')
    expect(sent(desk)).to.equal('user: Two')
    await desk.close()
  })

  it('contain the files that they import, but none outside of the project, and no secrets', async () => {
    const desk = await opened({
      'AGENTS.md':
        'Start\n@docs/style.md\n@../outside.md\n@link.md\n@.env\n```\n@docs/style.md\n```\n',
      'docs/style.md': 'Style here.\n@more.txt\n@style.md',
      'docs/more.txt': 'More here.',
      '.env': 'SECRET=1',
    })
    writeFileSync(path.join(desk.project, '..', 'outside.md'), 'Outside text.')
    symlinkSync('../outside.md', path.join(desk.project, 'link.md'))
    await desk.says('One')
    const text = sent(desk)
    expect(text).to.include(
      'Start\nStyle here.\nMore here.\n@style.md\n@../outside.md\n@link.md\n@.env',
    )
    expect(text).to.not.match(/Outside text|SECRET/)
    await desk.close()
  })

  it('of a file that a rule denies to read are not sent', async () => {
    const desk = await opened(
      { 'AGENTS.md': 'Use two spaces.' },
      { disallowed: ['Read(AGENTS.md)'] },
    )
    await desk.says('One')
    expect(sent(desk)).to.not.include('two spaces')
    await desk.close()
  })

  it('take in each file once, and few in all, however often files import each other', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `part${index}.md`)
    const imports = [...names, ...names].map((name) => `@${name}`).join('\n')
    const parts = Object.fromEntries(names.map((name) => [name, `Text of ${name}\n${imports}`]))
    const desk = await opened({ 'AGENTS.md': imports, ...parts })
    await desk.says('One')
    const texts = sent(desk).match(/Text of part\d+\.md/g) ?? []
    expect(texts).to.have.length(20)
    expect(new Set(texts)).to.have.property('size', 20)
    await desk.close()
  })

  it('do not take in a link that a rule denies to read, whatever it leads to', async () => {
    const desk = await opened(
      { 'AGENTS.md': 'Start\n@notes.md', 'real.md': 'Hidden text.' },
      { disallowed: ['Read(notes.md)'] },
    )
    symlinkSync('real.md', path.join(desk.project, 'notes.md'))
    await desk.says('One')
    expect(sent(desk)).to.include('Start\n@notes.md').and.not.include('Hidden text.')
    await desk.close()
  })

  it('are sent after a call whose arguments are no JSON', async () => {
    const desk = await openDesk(
      [
        { calls: [{ id: 'c1', name: 'Read', args: '{"file_path": "web/\\x"' }] },
        { sticky: true, text: 'Noted.' },
      ],
      { options: { surroundings: true, trustThisRun: true }, files: { 'AGENTS.md': 'Top.' } },
    )
    await desk.session.opened
    await desk.says('One')
    await desk.says('Two')
    expect(
      transcript(desk.session.store.state)
        .join('\n')
        .match(/Noted\./g),
    ).to.have.length(2)
    await desk.close()
  })

  it('of a directory below are sent when the agent works there', async () => {
    const desk = await openDesk(
      [
        { calls: [{ id: 'c1', name: 'Read', args: { file_path: 'web/app/a.ts' } }] },
        { sticky: true, text: 'Noted.' },
      ],
      {
        files: { 'AGENTS.md': 'Top.', 'web/AGENTS.md': 'Below.', 'web/app/a.ts': 'a' },
        options: { surroundings: true, trustThisRun: true },
      },
    )
    await desk.session.opened
    await desk.says('One')
    expect(sent(desk)).to.not.include('Below.')
    await desk.says('Two')
    expect(sent(desk)).to.include('web/AGENTS.md:\nBelow.')
    await desk.close()
  })

  it('of a package, of another repository and of what the project ignores are never sent', async () => {
    const foreign = ['node_modules/left', 'vendor/clone', 'vendor/clone/deep', 'out/made', 'web']
    const files = foreign.map((at) => [`${at}/AGENTS.md`, `From ${at}.`] as const)
    const reads = foreign.map((at) => ({ name: 'Read', args: { file_path: `${at}/a.ts` } }))
    const desk = await opened({
      ...Object.fromEntries(files),
      'AGENTS.md': 'Top.',
      '.gitignore': 'out/\n',
      'vendor/clone/.git': 'gitdir: ../../.git/modules/clone\n',
    })
    desk.endpoint.setTurns([{ calls: reads }, ...ANSWERS])
    await desk.says('One')
    await desk.says('Two')
    expect(sent(desk).match(/From .*/g)).to.deep.equal(['From web.'])
    await desk.close()
  })

  it('of others are not sent through a link, and those of the project are', async () => {
    const desk = await opened({
      'AGENTS.md': 'Top.',
      'node_modules/left/AGENTS.md': 'From left.',
      'packages/own/AGENTS.md': 'From own.',
      'file/a.ts': 'a',
      'same/CLAUDE.md': 'From same.',
    })
    symlinkSync('node_modules/left', path.join(desk.project, 'directory'))
    symlinkSync('../node_modules/left/AGENTS.md', path.join(desk.project, 'file/AGENTS.md'))
    symlinkSync('packages/own', path.join(desk.project, 'linked'))
    symlinkSync('CLAUDE.md', path.join(desk.project, 'same/AGENTS.md'))
    const reads = ['directory', 'file', 'linked', 'same'].map((at) => ({
      name: 'Read',
      args: { file_path: `${at}/a.ts` },
    }))
    desk.endpoint.setTurns([{ calls: reads }, ...ANSWERS])
    await desk.says('One')
    await desk.says('Two')
    expect(sent(desk).match(/From .*/g)).to.deep.equal(['From same.', 'From own.'])
    await desk.close()
  })

  it('of the directory itself can be a link to another of its files, but not to one of a package', async () => {
    const desk = await opened({
      'CLAUDE.md': 'From Claude.',
      '.gitignore': 'AGENTS.md\nCLAUDE.md\n',
      'node_modules/left/AGENTS.md': 'From left.',
    })
    const file = path.join(desk.project, 'AGENTS.md')
    symlinkSync('CLAUDE.md', file)
    await desk.says('One')
    expect(sent(desk)).to.include('From Claude.')
    rmSync(file)
    symlinkSync('node_modules/left/AGENTS.md', file)
    await desk.says('Two')
    expect(sent(desk)).to.equal('user: Two')
    await desk.close()
  })

  it('import no text of a package, of another repository and of what the project ignores', async () => {
    const imports = ['node_modules/left/a.md', 'clone/a.md', 'out/a.md', 'linked.md', 'docs/a.md']
    const desk = await opened({
      'AGENTS.md': imports.map((name) => `@${name}`).join('\n'),
      'clone/.git/HEAD': 'ref: refs/heads/main\n',
      '.gitignore': 'out\n',
      ...Object.fromEntries(imports.map((name) => [name, `From ${name}.`])),
    })
    rmSync(path.join(desk.project, 'linked.md'))
    symlinkSync('clone/a.md', path.join(desk.project, 'linked.md'))
    await desk.says('One')
    expect(sent(desk).match(/From .*/g)).to.deep.equal(['From docs/a.md.'])
    expect(sent(desk)).to.include('@node_modules/left/a.md\n@clone/a.md\n@out/a.md\n@linked.md\n')
    await desk.close()
  })

  it('import nothing inside of code, whatever shorter fence the code contains', async () => {
    const code = ['````', '```', '@docs/a.md', '````', '@docs/b.md'].join('\n')
    const desk = await opened({
      'AGENTS.md': code,
      'docs/a.md': 'From a.',
      'docs/b.md': 'From b.',
    })
    await desk.says('One')
    expect(sent(desk)).to.include('@docs/a.md\n````\nFrom b.').and.not.include('From a.')
    await desk.close()
  })

  it('of the user import other files of the user, whatever the project ignores', async () => {
    const desk = await opened({ '.gitignore': '*\n', 'AGENTS.md': 'Top.' })
    mkdirSync(path.join(desk.home, '.letta', 'style'), { recursive: true })
    writeFileSync(path.join(desk.home, '.letta', 'AGENTS.md'), '@style/mine.md\n@../other.md')
    writeFileSync(path.join(desk.home, 'other.md'), 'From elsewhere.')
    writeFileSync(path.join(desk.home, '.letta', 'style', 'mine.md'), 'From me.')
    await desk.says('One')
    expect(sent(desk)).to.include('From me.\n@../other.md').and.include('Top.')
    await desk.close()
  })
})

describe('Where the agent is, when the first message fails,', () => {
  it('is sent with the next one', async () => {
    const desk = await openDesk([{ error: { status: 400 } }, { text: 'Noted.' }], {
      options: { surroundings: true },
    })
    await desk.session.opened
    await desk.says('One')
    await desk.says('Two')
    expect(sent(desk)).to.match(/Directory:[\s\S]*Two$/)
    await desk.close()
  })
})
