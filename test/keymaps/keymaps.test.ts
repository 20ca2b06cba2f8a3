import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { emptySession } from '../../lib/session/state/session-state.ts'
import { listCommands } from '../../ui/app/command-list.ts'
import { keyFor, parseKeymap } from '../../ui/input/keymap.ts'
import { initialWorkbench } from '../../ui/state/reduce/initial-workbench.ts'

const directory = path.join(import.meta.dirname, '../../keymaps')
const read = (name: string): unknown =>
  JSON.parse(readFileSync(path.join(directory, `${name}.json`), 'utf8'))
const state = {
  session: emptySession('', 0),
  workbench: initialWorkbench({ columns: 80, rows: 24 }, 0, 'dark'),
}
const commands = listCommands(() => state)

describe('The shipped keymaps', () => {
  const names = readdirSync(directory).map((file) => path.basename(file, '.json'))

  it('are default, emacs and vim', () =>
    expect(names.sort()).to.deep.equal(['default', 'emacs', 'vim']))

  for (const name of names) {
    const { keymap, problems } = parseKeymap(
      read(name),
      name,
      read,
      commands.map(({ id }) => id),
    )

    it(`contain only existing commands in ${name}`, () => expect(problems).to.deep.equal([]))

    it(`have keys for essential commands in ${name}`, () => {
      const composer = ['composer', 'text', 'global'] as const
      const approval = ['approval', 'global'] as const
      for (const id of ['composer.send', 'palette.open', 'app.quitWhenEmpty', 'focus.next']) {
        if (name === 'emacs' && id === 'app.quitWhenEmpty') continue
        expect(keyFor(keymap, composer, id), id).to.be.a('string')
      }
      const answers = ['allow', 'always', 'deny', 'denyWithReason']
      const keys = answers.map((answer) => keyFor(keymap, approval, `approval.${answer}`))
      expect(keys).to.deep.equal(['y', 'a', 'n', 'd'])
    })
  }
})

describe('The commands', () => {
  it('have unique ids and slash names, and a title each', () => {
    const ids = commands.map(({ id }) => id)
    expect(new Set(ids).size).to.equal(ids.length)
    const slashes = commands.flatMap(({ slash }) => slash ?? [])
    expect(new Set(slashes).size).to.equal(slashes.length)
    for (const { id, title } of commands) expect(title, id).to.match(/^[A-Z][^\n]*[^.]$/)
  })

  it('include all that the seed and users of similar tools expect', () => {
    const slashes = commands.flatMap(({ slash }) => slash ?? [])
    const expected =
      'agent model rename stream link unlink clear exit help new resume agents memory skills ' +
      'remember init compact context usage permissions undo theme keymap'
    expect(slashes).to.include.members(expected.split(' '))
  })
})
