import { existsSync, readFileSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { line, RECORDING_EXISTS, recordingFailed } from '../../bin/messages.ts'
import { notARecording } from '../../lib/recording/messages.ts'
import { REPLAY_START } from '../../ui/messages/replay.ts'
import { openShell, type Shell } from '../support/command-line.ts'
import { withProgram } from '../support/with-program.ts'

describe('A recorded session', () => {
  const desk = withProgram()
  let shell: Shell
  before(async () => {
    shell = await openShell([
      { calls: [{ name: 'Bash', args: { command: 'echo "$OPENAI_API_KEY key-for-tests"' } }] },
      { text: ['Your key is key-', 'for-', 'tests. It is **not** shown.'] },
    ])
    await shell.letta(['-p', 'Tell me my key', '--yolo', '--record', 'session.jsonl'])
  })
  after(() => shell.close())

  it('is shown again by letta replay', async () => {
    const { code, stdout } = await shell.letta(['replay', 'session.jsonl'])
    expect(code).to.equal(0)
    expect(stdout).to.include('Tell me my key').and.include('Your key is [hidden].')
    expect(stdout)
      .to.match(/persona +\d+/)
      .and.include('It is not shown.')
    const begun = await shell.letta(['replay', 'session.jsonl', '--at', '0'])
    expect(begun.stdout).to.not.include('Tell me my key')
  })

  it('contains no keys, and is readable by the user only', () => {
    const file = path.join(shell.project, 'session.jsonl')
    expect(readFileSync(file, 'utf8')).to.include('[hidden]').and.not.include('key-for-tests')
    expect((statSync(file).mode & 0o777).toString(8)).to.equal('600')
  })

  it('overwrites an earlier recording but no other file, and fails before a message is sent', async () => {
    shell.write('notes.txt', 'mine')
    const { code, stderr } = await shell.letta(['-p', 'hi', '--record', 'notes.txt'])
    expect([code, stderr]).to.deep.equal([
      1,
      line(recordingFailed(path.join(shell.project, 'notes.txt'), RECORDING_EXISTS)),
    ])
    expect(shell.read('notes.txt')).to.equal('mine')
  })

  it('stays as it is when a run ends before it records anything', async () => {
    const before = shell.read('session.jsonl')
    const recorded = ['--record', 'session.jsonl']
    const runs = [
      await shell.letta(['-p', 'hi', ...recorded, '--skills', 'nowhere']),
      await shell.letta(['-p', ...recorded]),
      await shell.letta(['--info', ...recorded]),
    ]
    expect(runs.map(({ code }) => code)).to.deep.equal([2, 2, 0])
    expect(shell.read('session.jsonl')).to.equal(before)
    await shell.letta(['--info', '--record', 'new.jsonl'])
    expect(existsSync(path.join(shell.project, 'new.jsonl'))).to.equal(false)
  })

  it('is not any other file', async () => {
    shell.write('notes.txt', 'mine')
    const { code, stderr } = await shell.letta(['replay', 'notes.txt'])
    expect([code, stderr.split('\n')[0]]).to.deep.equal([
      1,
      `letta: ${notARecording(path.join(shell.project, 'notes.txt')).message}`,
    ])
  })

  it('is replayed step by step in a terminal', async () => {
    await desk.setUp([{ text: 'Good day.' }])
    await desk.runs(['-p', 'Hello', '--record', 'r.jsonl'])
    const workbench = desk.opens({ args: ['replay', 'r.jsonl'] })
    await workbench.sees('Good day.')
    await workbench.presses('home').sees(` ${REPLAY_START} · `)
    await workbench.seesNoMore('Good day.')
    await workbench.presses('right').sees('1/')
    expect(await workbench.quits()).to.equal(0)
  })

  it('ends with its terminal, like a hangup, without a core file', async () => {
    await desk.setUp([{ text: 'Good day.' }])
    await desk.runs(['-p', 'Hello', '--record', 'r.jsonl'])
    const workbench = desk.opens({ args: ['replay', 'r.jsonl'] })
    await workbench.sees('Good day.')
    expect((await workbench.hangsUp()).signal).to.equal(constants.signals.SIGHUP)
  })
})
