import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { commandIds } from '../../../ui/app/command-list.ts'
import { loadKeymap } from '../../../ui/input/keymap-loader.ts'
import {
  configFileNotFound,
  configFileUnreadable,
  inheritsFromItself,
  parentNotFound,
} from '../../../ui/messages/config-files.ts'
import { listConfigFiles } from '../../../ui/theme/config-files.ts'
import { loadTheme } from '../../../ui/theme/theme-loader.ts'

describe('The files of themes and keymaps', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'letta-config-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  const write = (file: string, content: unknown): string => {
    const at = path.join(directory, file)
    mkdirSync(path.dirname(at), { recursive: true })
    writeFileSync(at, typeof content === 'string' ? content : JSON.stringify(content))
    return at
  }
  const keymap = (name: string) => loadKeymap(name, directory, commandIds())

  it('are listed: the shipped ones, then those of the user, which replace shipped ones', async () => {
    write('themes/dark.json', {})
    write('themes/sepia.json', {})
    write('themes/notes.txt', '')
    const shipped = (await listConfigFiles('themes', path.join(directory, 'missing'))).map(
      ({ name }) => name,
    )
    expect(shipped).to.include.members(['dark', 'high-contrast', 'light'])
    expect(await listConfigFiles('themes', directory)).to.deep.equal([
      ...shipped.filter((name) => name !== 'dark').map((name) => ({ name, own: false })),
      { name: 'dark', own: true },
      { name: 'sepia', own: true },
    ])
  })

  it('are the shipped ones when the user has none', async () => {
    const names = (await listConfigFiles('keymaps', directory)).map(({ name }) => name)
    expect(names).to.deep.equal(['default', 'emacs', 'vim'])
  })

  it('of the user are preferred to shipped ones, with their parents in either directory', async () => {
    write('keymaps/vim.json', { inherits: 'mine', bindings: { global: { f9: 'app.quit' } } })
    write('keymaps/mine.json', { inherits: 'default', bindings: { global: { f8: 'help.open' } } })
    const { keymap: loaded, problems } = await keymap('vim')
    expect(problems).to.deep.equal([])
    const { global } = loaded.contexts
    expect([global.get('f9'), global.get('f8'), global.get('f1')]).to.deep.equal([
      'app.quit',
      'help.open',
      'help.open',
    ])
  })

  it('are replaced by the default when they do not exist, cannot be read or are invalid', async () => {
    const broken = write('keymaps/broken.json', '{"bindings":')
    write('keymaps/wrong.json', { bindngs: {} })
    const { keymap: standard } = await keymap('default')
    for (const [name, problem] of [
      ['nosuch', configFileNotFound('keymaps', 'nosuch')],
      ['../themes/dark', configFileNotFound('keymaps', '../themes/dark')],
      ['broken', configFileUnreadable(broken, '')],
      ['wrong', 'unknown key "bindngs"'],
    ] as const) {
      const { keymap: loaded, problems } = await keymap(name)
      expect(loaded.contexts, name).to.deep.equal(standard.contexts)
      expect(problems, name).to.have.length(1)
      expect(problems[0]).to.include(problem.replace(/: \.$/, ''))
    }
    const { styles } = await loadTheme('dark', directory)
    expect((await loadTheme('nosuch', directory)).styles).to.deep.equal(styles)
  })

  it('are reported when a parent does not exist, or when they inherit from each other', async () => {
    write('keymaps/one.json', { inherits: 'two', bindings: { global: { f8: 'help.open' } } })
    write('keymaps/two.json', { inherits: 'one', bindings: { global: { f9: 'app.quit' } } })
    write('keymaps/orphan.json', { inherits: 'nosuch' })
    write('themes/self.json', { inherits: 'self' })
    const { keymap: loaded, problems } = await keymap('one')
    expect([...loaded.contexts.global]).to.deep.equal([
      ['f9', 'app.quit'],
      ['f8', 'help.open'],
      // No keymap can take the keys that quit.
      ['ctrl+c', 'app.interrupt'],
      ['ctrl+d', 'app.quitWhenEmpty'],
    ])
    expect(problems).to.deep.equal([inheritsFromItself('keymaps', 'two', 'one')])
    expect((await keymap('orphan')).problems).to.deep.equal([
      parentNotFound('keymaps', 'orphan', 'nosuch'),
    ])
    expect((await loadTheme('self', directory)).problems[0]).to.equal(
      inheritsFromItself('themes', 'self', 'self'),
    )
  })
})

describe('The user interface', () => {
  /** Reads and writes the terminal, which never waits for a disk. */
  const TERMINAL = 'ui/terminal/'
  const root = path.join(import.meta.dirname, '../../..')

  it('reads the disk only asynchronously', () => {
    const files = readdirSync(path.join(root, 'ui'), { recursive: true, encoding: 'utf8' })
      .map((file) => path.join('ui', file))
      .filter((file) => file.endsWith('.ts') && !file.startsWith(TERMINAL))
    expect(files).to.have.length.above(50)
    const reading = files.filter((file) =>
      /from 'node:fs'|Sync\b[^;\n]* from 'node:child_process'/.test(
        readFileSync(path.join(root, file), 'utf8'),
      ),
    )
    expect(reading).to.deep.equal([])
  })
})
