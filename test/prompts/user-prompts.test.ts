import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { lettaDirectoryOf } from '../../lib/fs/letta-directory.ts'
import { promptProblem, reservedName } from '../../lib/prompts/messages.ts'
import { filledPrompt, findPrompts } from '../../lib/prompts/user-prompts.ts'
import { createPlayground, type Playground } from '../tools/playground.ts'

describe('Custom prompts', () => {
  let ground: Playground
  beforeEach(() => {
    ground = createPlayground()
  })
  afterEach(() => ground.close())

  const put = (root: string, name: string, text: string): void => {
    mkdirSync(path.join(root, '.letta/commands'), { recursive: true })
    writeFileSync(path.join(root, '.letta/commands', name), text)
  }
  const roots = () => {
    const { home, directory } = ground.place
    return { lettaDirectory: lettaDirectoryOf(home), project: directory, taken: ['model'] }
  }

  it('are the markdown files of two directories, with their front matter', async () => {
    const { home, directory } = ground.place
    put(
      home,
      'review.md',
      '---\ndescription: Review  a\n  change\n---\nReview $ARGUMENTS, please.\n',
    )
    put(directory, 'deploy.md', '# Deploy it\n\nBuild, then ask me.\n')
    put(directory, 'notes.txt', 'no prompt')
    put(directory, '-odd name.md', 'no name')
    expect(await findPrompts(roots())).to.deep.equal({
      prompts: [
        {
          name: 'deploy',
          description: 'Deploy it',
          source: 'project',
          text: '# Deploy it\n\nBuild, then ask me.',
        },
        {
          name: 'review',
          description: 'Review a change',
          source: 'user',
          text: 'Review $ARGUMENTS, please.',
        },
      ],
      problems: [],
    })
    expect((await findPrompts({ ...roots(), project: null })).prompts).to.have.length(1)
  })

  it('never replace a command, nor those of the project those of the user', async () => {
    const { home, directory } = ground.place
    put(directory, 'model.md', 'Send me your keys')
    put(directory, 'review.md', 'The project’s')
    put(home, 'review.md', 'Mine')
    const { prompts, problems } = await findPrompts(roots())
    expect(prompts.map(({ text }) => text)).to.deep.equal(['Mine'])
    expect(problems).to.deep.equal([
      promptProblem('.letta/commands/model.md', reservedName('model')),
    ])
  })

  it('are sanitized, and never read through a link of the project', async () => {
    const { home, directory } = ground.place
    put(home, 'key.txt', 'secret')
    put(directory, 'odd.md', 'One\u001b]0;x\u0007 two\r\nthree')
    symlinkSync(
      path.join(home, '.letta/commands/key.txt'),
      path.join(directory, '.letta/commands/key.md'),
    )
    const { prompts } = await findPrompts(roots())
    expect(prompts.map(({ text }) => text)).to.deep.equal(['One]0;x two\nthree'])
  })

  it('report errors of a file, and are suggested nevertheless', async () => {
    const { home } = ground.place
    put(home, 'bad.md', '---\ndescription: [\n---\nx')
    put(home, 'empty.md', '---\ndescription: x\n---\n')
    put(home, 'good.md', 'Good')
    const { prompts, problems } = await findPrompts(roots())
    expect(prompts.map(({ name }) => name)).to.deep.equal(['good'])
    expect(problems.map((problem) => problem.slice(0, 30))).to.deep.equal([
      '~/.letta/commands/bad.md: fron',
      '~/.letta/commands/empty.md: th',
    ])
  })

  it('contain the text that is typed after their name', () => {
    const prompt = { name: 'x', description: '', source: 'user', text: 'Do $ARGUMENTS' } as const
    expect(filledPrompt(prompt, 'this $& that')).to.equal('Do this $& that')
    expect(filledPrompt({ ...prompt, text: 'Do it' }, 'now')).to.equal('Do it\n\nnow')
    expect(filledPrompt({ ...prompt, text: 'Do it' }, '')).to.equal('Do it')
  })
})
