import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { directoryGone, NO_EDITOR } from '../../../lib/tools/messages/shell.ts'
import { startChild } from '../../../lib/tools/process/start-child.ts'
import { createPlayground, type Playground } from '../playground.ts'

describe('The programs that a command starts', () => {
  let ground: Playground
  const bash = (command: string): Promise<{ status: string; text: string }> =>
    ground.call('Bash', { command, timeout: 20_000 })
  const git = (...args: string[]): void => {
    execFileSync('git', args, { cwd: ground.place.directory, stdio: 'ignore' })
  }

  beforeEach(() => {
    ground = createPlayground()
    git('init', '-q')
    git('config', 'user.email', 'ada@example.org')
    git('config', 'user.name', 'Ada')
  })
  afterEach(() => ground.close())

  it('fail at once with the reason where they would open an editor', async () => {
    git('config', 'core.editor', 'sleep 60; vi')
    git('config', 'sequence.editor', 'sleep 60; vi')
    git('commit', '-q', '--allow-empty', '-m', 'one')
    git('commit', '-q', '--allow-empty', '-m', 'two')
    for (const command of [
      'git commit --allow-empty',
      'git commit --allow-empty --amend',
      'git rebase -i HEAD~1',
      'git tag -a v1',
      '$VISUAL x',
      'eval "$EDITOR x"',
    ]) {
      const { status, text } = await bash(command)
      expect(status, command).to.equal('error')
      if (command.startsWith('git')) expect(text, command).to.include(NO_EDITOR)
    }
    expect((await bash('git status')).text).to.not.include('rebase in progress')
  })

  it('do not end this program when a signal cannot be sent to them', async () => {
    const child = await startChild(process.execPath, ['-e', ''], {})
    // As the system answers a signal for a program of another user.
    child.emit('error', new Error('kill EPERM'))
    const [code] = await once(child, 'exit')
    expect(code).to.equal(0)
  })

  it('open the editor that the command itself names', async () => {
    for (const command of [
      'git -c core.editor=true commit --allow-empty --amend --allow-empty-message',
      'GIT_EDITOR=true git commit --allow-empty --allow-empty-message',
    ]) {
      git('commit', '-q', '--allow-empty', '-m', 'one')
      expect((await bash(command)).status, command).to.equal('success')
    }
  })

  it('do nothing any more once the project directory was moved, deleted or replaced', async () => {
    const { directory } = ground.place
    const moved = `${directory}-moved`
    const calls = (): Promise<{ status: string; text: string }[]> =>
      Promise.all([
        ground.call('Bash', { command: 'pwd' }),
        ground.call('Write', { file_path: 'ghost.txt', content: 'x' }),
        ground.call('Grep', { pattern: 'x' }),
      ])
    const gone = { status: 'error', text: directoryGone(directory) }
    renameSync(directory, moved)
    expect(await calls()).to.deep.equal([gone, gone, gone])
    mkdirSync(directory)
    expect(await calls()).to.deep.equal([gone, gone, gone])
    rmSync(directory, { recursive: true })
    renameSync(moved, directory)
    expect((await bash('pwd')).text).to.equal(`${directory}\n`)
  })

  it('are ended also where this program may open fewer files than there are processes', async function () {
    this.timeout(60_000)
    const source = path.join(import.meta.dirname, '../playground.ts')
    const script = `
      const { createPlayground } = await import(${JSON.stringify(source)})
      const ground = createPlayground()
      await ground.call('Bash', { command: 'true' })
      const { closeSync, openSync } = await import('node:fs')
      const open = []
      try {
        for (;;) open.push(openSync('/dev/null'))
      } catch {}
      for (const one of open.splice(0, 40)) closeSync(one)
      const args = { command: 'for i in $(seq 60); do sleep 300 & done; echo started' }
      const { status, text } = await ground.call('Bash', args)
      const failed = []
      for (const free of [0, 2, 4, 6]) {
        while (open.length > 0) closeSync(open.pop())
        try {
          for (;;) open.push(openSync('/dev/null'))
        } catch {}
        for (const one of open.splice(0, free)) closeSync(one)
        failed.push((await ground.call('Bash', { command: 'echo ' + free })).status)
        failed.push((await ground.call('Grep', { pattern: 'x' + free })).status)
      }
      for (const one of open) closeSync(one)
      console.log(status, text.split('\\n')[0], new Set(failed).has('error'))
      await ground.close()`
    const node = `"${process.execPath}" --import tsx --input-type=module -e "$0"`
    const child = spawn('bash', ['-c', `ulimit -n 300 && ${node}`, script], { stdio: 'pipe' })
    let output = ''
    child.stdout.on('data', (text) => (output += text))
    child.stderr.on('data', (text) => (output += text))
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect([code, output]).to.deep.equal([0, 'success started true\n'])
  })
})
