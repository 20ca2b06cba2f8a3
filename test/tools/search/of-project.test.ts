import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { createOwnership } from '../../../lib/tools/search/of-project.ts'

interface Place {
  readonly root: string
  write(name: string, text?: string): void
  git(...args: readonly string[]): void
  /** Those of the names that are of the project, when the user has opened this directory of it. */
  own(names: readonly string[], below?: string): Promise<readonly string[]>
}

function inProject(check: (place: Place) => Promise<void>): () => Promise<void> {
  return async () => {
    const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-of-project-')))
    try {
      await check(placeAt(root))
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  }
}

const USER = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'protocol.file.allow=always']

function placeAt(root: string): Place {
  return {
    root,
    write(name, text = '') {
      const file = path.join(root, name)
      mkdirSync(path.dirname(file), { recursive: true })
      writeFileSync(file, text)
    },
    git(...args) {
      execFileSync('git', [...USER, ...args], { cwd: root, stdio: 'ignore' })
    },
    async own(names, below = '') {
      const isOwn = createOwnership({ directory: path.join(root, below), outermost: root })
      const answers = await Promise.all(names.map((name) => isOwn(path.join(root, name))))
      return names.filter((_, index) => answers[index])
    },
  }
}

describe('A file below a trusted directory', () => {
  it(
    'is not of the project in a repository of any kind, whatever is left of it',
    inProject(async ({ root, write, git, own }) => {
      const marks = ['.git', '.hg', '.jj', '.svn', '_darcs', '_FOSSIL_']
      for (const mark of marks) write(`a${mark}/${mark}/x`)
      mkdirSync(path.join(root, 'dangling'))
      symlinkSync('nowhere', path.join(root, 'dangling/.git'))
      write('pointer/.git', 'gitdir: nowhere')
      git('init', '-q', '--bare', 'bare')
      const names = [...marks.map((mark) => `a${mark}`), 'dangling', 'pointer', 'bare', 'plain']
      const files = names.flatMap((name) => [`${name}/AGENTS.md`, `${name}/deep/down/AGENTS.md`])
      expect(await own([...files, 'AGENTS.md'])).to.deep.equal([
        'plain/AGENTS.md',
        'plain/deep/down/AGENTS.md',
        'AGENTS.md',
      ])
    }),
  )

  it(
    'is not of the project among what package managers have installed',
    inProject(async ({ write, own }) => {
      write('env/pyvenv.cfg')
      write('crates/serde/.cargo-checksum.json')
      write('go/vendor/modules.txt')
      write('php/vendor/autoload.php')
      write('elixir/mix.exs')
      write('target/CACHEDIR.TAG')
      write('renamed/.package-lock.json')
      const names = [
        'env/lib/python3.13/site-packages/x',
        'lib/site-packages/x',
        'crates/serde',
        'go/vendor/example.com/x',
        'php/vendor/x',
        'node_modules/x',
        'Node_Modules/x',
        '.cargo/registry/x',
        'elixir/deps/x',
        'target/x',
        'renamed/x',
        'crates',
        'deps/x',
        'go',
        'vendor/own',
      ]
      const files = names.map((name) => `${name}/AGENTS.md`)
      expect(await own(files)).to.deep.equal(files.slice(-4))
    }),
  )

  it(
    'is not of the project when only info/exclude ignores it, or the file alone is ignored',
    inProject(async ({ write, git, own }) => {
      git('init', '-q')
      write('.git/info/exclude', '/private/\n')
      write('.gitignore', 'b/AGENTS.md\nc/**\n!d/\n')
      write('d/.gitignore', '*.txt\n')
      write('p/a.ts')
      const files = ['private/x.md', 'b/AGENTS.md', 'c/AGENTS.md', 'd/x.txt', 'b/x.md', 'd/x.md']
      expect(await own(files)).to.deep.equal(['b/x.md', 'd/x.md'])
      expect(await own(['p/private/x.md', 'p/b/AGENTS.md', 'private/x.md'], 'p')).to.deep.equal([
        'p/private/x.md',
        'p/b/AGENTS.md',
      ])
    }),
  )

  it(
    'is not of the project in a submodule that has lost its own .git, or is only in .gitmodules',
    inProject(async ({ root, write, git, own }) => {
      git('init', '-q', 'from')
      git('-C', 'from', 'commit', '-q', '--allow-empty', '-m', 'a')
      git('init', '-q')
      git('submodule', 'add', '-q', './from', 'modules/one')
      git('submodule', 'add', '-q', './from', 'modules/two')
      git('rm', '-q', '--cached', 'modules/two')
      git('config', '-f', '.gitmodules', '--remove-section', 'submodule.modules/one')
      for (const name of ['modules/one', 'modules/two']) rmSync(path.join(root, name, '.git'))
      rmSync(path.join(root, 'from'), { recursive: true })
      for (const name of ['one', 'two', 'three']) write(`modules/${name}/AGENTS.md`)
      const files = ['one', 'two', 'three'].map((name) => `modules/${name}/AGENTS.md`)
      expect(await own(files)).to.deep.equal(['modules/three/AGENTS.md'])
    }),
  )

  it(
    'is not of the project in a submodule, however .gitmodules is written and whether there is a repository',
    inProject(async ({ root, write, own }) => {
      write(
        '.gitmodules',
        '[submodule "x"] path = one ; here\n[submodule "y"]\npath = \\\n"t\\"wo"',
      )
      const files = ['one/AGENTS.md', 't"wo/deep/AGENTS.md', 'three/AGENTS.md']
      expect(await own(files)).to.deep.equal(files.slice(2))
      write('.gitmodules', '[submodule')
      expect(await own([...files, 'AGENTS.md'])).to.deep.equal(['AGENTS.md'])
      rmSync(path.join(root, '.gitmodules'))
      symlinkSync('/dev/zero', path.join(root, '.gitmodules'))
      expect(await own([...files, 'AGENTS.md'])).to.deep.equal(['AGENTS.md'])
    }),
  )

  it(
    'is not of the project in a bare repository, and in modules that .gitmodules names in any form of git',
    inProject(async ({ write, git, own }) => {
      git('init', '-q')
      git('init', '-q', '--bare', 'store')
      const named = ['a', 'b', 'c d', 'e', 'f']
      write(
        '.gitmodules',
        '[submodule "a"] path = a # mine\n[submodule "b"]\n path = ./b//\n' +
          '[submodule "c"]\n path = "c d"\n[submodule "e"]\n path = \\\ne\n[submodule "f"]\n path = F\n',
      )
      const files = [...named, 'g', 'store/deep'].map((name) => `${name}/AGENTS.md`)
      expect(await own(files)).to.deep.equal(['g/AGENTS.md'])
      write('.gitmodules', '[')
      expect(await own([...files, 'AGENTS.md'])).to.deep.equal(['AGENTS.md'])
    }),
  )

  it(
    'is not of the project when an ignore file with a byte order mark ignores it',
    inProject(async ({ write, own }) => {
      write('.gitignore', '\ufeffgen/\n')
      expect(await own(['gen/AGENTS.md', 'AGENTS.md'])).to.deep.equal(['AGENTS.md'])
    }),
  )

  it(
    'is of the project although a pattern ignores it when git tracks it, but not as a package',
    inProject(async ({ write, git, own }) => {
      git('init', '-q')
      const names = ['build/AGENTS.md', 'a/AGENTS.md', 'node_modules/left/AGENTS.md']
      for (const name of names) write(name)
      git('add', '.')
      write('.gitignore', '\uFEFFbuild/\n*.md\n')
      write('build/new.txt')
      expect(await own([...names, 'a/new.md', 'build/new.txt'])).to.deep.equal(names.slice(0, 2))
    }),
  )

  it(
    'is of the project next to any number of other repositories',
    inProject(async ({ root, write, git, own }) => {
      git('init', '-q')
      const entries = Array.from({ length: 201 }, (_, at) => `160000 ${'1'.repeat(40)}\tm/${at}\n`)
      execFileSync('git', ['update-index', '--index-info'], { cwd: root, input: entries.join('') })
      write('m/200/AGENTS.md')
      expect(await own(['m/200/AGENTS.md', 'm/own/AGENTS.md'])).to.deep.equal(['m/own/AGENTS.md'])
    }),
  )

  it(
    'is not known to be of the project in a repository that git does not read, except at its top',
    inProject(async ({ write, git, own }) => {
      git('init', '-q')
      write('.git/index', 'damaged')
      expect(await own(['AGENTS.md', 'a/AGENTS.md'])).to.deep.equal(['AGENTS.md'])
    }),
  )

  it(
    'is of the project in a directory that the user has opened, whatever it is and who ignores it',
    inProject(async ({ write, git, own }) => {
      git('init', '-q')
      write('.gitignore', 'out/\n')
      write('out/node_modules/left/.gitignore', 'made/\n')
      const at = 'out/node_modules/left'
      const files = [`${at}/AGENTS.md`, `${at}/docs/x.md`, `${at}/made/x.md`, 'out/x.md', 'x.md']
      expect(await own(files, at)).to.deep.equal([files[0], files[1], files[3], files[4]])
    }),
  )
})
