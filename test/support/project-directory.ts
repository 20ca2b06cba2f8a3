import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ProjectBounds } from '../../lib/permissions/types.ts'

export interface ProjectDirectory {
  readonly project: string
  readonly home: string
  readonly bounds: ProjectBounds
  remove(): void
}

/** A project with a repository, a home directory and a file outside of both, on disk, for paths that must really resolve. */
export function createProjectDirectory(files: readonly string[] = USUAL): ProjectDirectory {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'permissions-')))
  const project = path.join(root, 'proj')
  const home = path.join(root, 'home')
  const git = path.join(project, '.git')
  for (const directory of [
    ...[home, path.join(project, 'src', 'sub')],
    ...['objects', 'refs'].map((name) => path.join(git, name)),
  ]) {
    mkdirSync(directory, { recursive: true })
  }
  writeFileSync(path.join(git, 'HEAD'), 'ref: refs/heads/main\n')
  for (const file of files) {
    mkdirSync(path.dirname(path.join(project, file)), { recursive: true })
    writeFileSync(path.join(project, file), 'x\n')
  }
  writeFileSync(path.join(root, 'secret.txt'), 's\n')
  return {
    project,
    home,
    bounds: { directory: project, home, readable: [] },
    remove: () => rmSync(root, { recursive: true }),
  }
}

const USUAL = [
  ...['package.json', 'README.md', 'src/a.ts', 'src/b.ts', 'src/sub/b.ts', '.env', 'args.txt'],
  ...['list.txt', 'one.txt', 'dir with space/f.txt', 'build/a.o'],
]

export function addLinks(project: string): void {
  symlinkSync('src/a.ts', path.join(project, 'link-in'))
  symlinkSync('/etc', path.join(project, 'link-out'))
  symlinkSync('../secret.txt', path.join(project, 'link-secret'))
}
