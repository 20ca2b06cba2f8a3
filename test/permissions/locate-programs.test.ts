import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { locatePrograms } from '../../lib/permissions/locate-programs.ts'
import { createProjectDirectory, type ProjectDirectory } from '../support/project-directory.ts'

describe('The programs of a line that runs without approval', () => {
  let directory: ProjectDirectory
  let programs: string

  beforeEach(() => {
    directory = createProjectDirectory()
    programs = path.join(directory.home, 'bin')
    for (const name of ['ls', 'wc', 'echo', 'bash', 'xargs', 'find', 'grep', 'timeout'])
      writeProgram(path.join(programs, name))
  })

  afterEach(() => directory.remove())

  function writeProgram(file: string): void {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, `#!/bin/sh\necho "${file} $0"\n`)
    chmodSync(file, 0o755)
  }

  async function located(line: string, directories = [programs]): Promise<string> {
    return (await locatePrograms(line, directory.bounds, directories)).text
  }

  it('are those at the paths that were found when it was judged, at every depth', async () => {
    const at = (name: string): string => path.join(programs, name)
    const table: Readonly<Record<string, string>> = {
      'ls -l': `hash -p ${at('ls')} ls; ls -l`,
      'echo a | wc -l': `hash -p ${at('wc')} wc; echo a | wc -l`,
      'timeout 5 ls': `hash -p ${at('timeout')} timeout; timeout 5 ${at('ls')}`,
      'command echo a': 'command echo a',
      'command ls': `command ${at('ls')}`,
      'find . -exec grep a {} +': `hash -p ${at('find')} find; find . -exec ${at('grep')} a {} +`,
      'ls | xargs echo': `hash -p ${at('ls')} ls; hash -p ${at('xargs')} xargs; ls | xargs ${at('echo')}`,
      "bash -fc 'ls -l'": `hash -p ${at('bash')} bash; bash -fc '${at('ls')} -l'`,
      'echo "$(wc -l)"': `hash -p ${at('wc')} wc; echo "$(wc -l)"`,
      'if [ -f x ]\nthen\nls\nfi': `hash -p ${at('ls')} ls; if\n[ -f x ]\nthen\nls\nfi`,
      '/usr/bin/wc -l': '/usr/bin/wc -l',
      'unknown x': 'unknown x',
    }
    for (const [line, expected] of Object.entries(table))
      expect(await located(line), line).to.equal(expected)
  })

  it('include a grep of BSD and macOS, which gets an option to follow no link', async () => {
    const on = async (line: string, platform: NodeJS.Platform): Promise<string> =>
      (await locatePrograms(line, directory.bounds, ['/usr/bin', '/bin'], platform)).text
    const system = existsSync('/usr/bin/grep') ? '/usr/bin/grep' : '/bin/grep'
    for (const platform of ['darwin', 'freebsd'] as const) {
      expect(await on('grep -rn a src', platform)).to.equal(
        `hash -p ${system} grep; grep -p -rn a src`,
      )
      expect(await on('ls | timeout 5 /usr/bin/grep -r a .', platform)).to.include(
        '/usr/bin/grep -p -r a .',
      )
      // Of GNU, and elsewhere on such a system.
      expect(
        (await locatePrograms('grep -r a .', directory.bounds, [programs], platform)).text,
      ).to.include('grep -r a .')
    }
    expect(await on('grep -rn a src', 'linux')).to.equal(`hash -p ${system} grep; grep -rn a src`)
  })

  it('run by these paths, whatever is found under their names then', async () => {
    const text = await located('ls; (cd src; ls); echo "$(ls)"')
    const other = path.join(directory.home, 'other')
    writeProgram(path.join(other, 'ls'))
    const env = { PATH: other }
    const options = { env, cwd: directory.project, encoding: 'utf8' as const }
    const printed = execFileSync('/bin/bash', ['--norc', '-p', '-f', '-c', text], options)
    const own = path.join(programs, 'ls')
    expect(printed).to.equal(`${own} ${own}\n`.repeat(3))
  })

  it('are not files of the project, to which a directory of programs can have a link', async () => {
    writeProgram(path.join(directory.project, 'evil'))
    const linked = path.join(directory.home, 'linked')
    mkdirSync(linked)
    symlinkSync(path.join(directory.project, 'evil'), path.join(linked, 'ls'))
    writeFileSync(path.join(linked, 'wc'), 'not executable')
    expect(await located('ls; wc', [linked])).to.equal('ls\nwc')
    expect(await located('ls', [linked, programs])).to.include(path.join(programs, 'ls'))
  })
})
