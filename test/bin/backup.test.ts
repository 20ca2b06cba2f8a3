import path from 'node:path'
import { expect } from 'chai'
import {
  BACKUP_REASON_TEXTS,
  backupNotFound,
  backupRestored,
  contentsText,
  DATABASE_UNCHANGED,
  line,
  noBackups,
  replacedDatabase,
} from '../../bin/messages.ts'
import { collectGarbage } from '../support/collect-garbage.ts'
import { openShell, type Shell } from '../support/command-line.ts'

describe('letta backup', () => {
  let shell: Shell
  before(async () => {
    shell = await openShell([{ text: 'Good day.' }])
    await shell.letta(['-p', 'Hello there'])
  })
  after(() => shell.close())

  const database = (): string => path.join(shell.home, '.letta', 'letta.db')
  const list = async (): Promise<readonly { id: string; reason: string; file: string }[]> =>
    JSON.parse((await shell.letta(['backup', 'list', '--json'])).stdout)

  it('reports that there are no backups yet', async () => {
    const { code, stdout, stderr } = await shell.letta(['backup', 'list'])
    expect([code, stdout, stderr]).to.deep.equal([0, '', line(noBackups(database()))])
  })

  it('brings back an agent that was deleted, after a confirmation', async () => {
    const agents = async () => JSON.parse((await shell.letta(['agents', 'list', '--json'])).stdout)
    const [{ id }] = await agents()
    await shell.letta(['agents', 'delete', id, '--yes'])
    expect(await agents()).to.deep.equal([])
    const [backup] = await list()
    const contents = { agents: 1, conversations: 1, messages: 2 }
    expect(backup).to.deep.include({ reason: 'delete', contents })
    const { stdout } = await shell.letta(['backup', 'list'])
    expect(stdout).to.include(`${contentsText(contents)} (${BACKUP_REASON_TEXTS.delete})`)
    const restore = ['backup', 'restore', backup?.id ?? '']
    const refused = await shell.letta(restore, { input: 'n\n', terminal: true })
    expect(refused.code).to.equal(1)
    expect(refused.stderr).to.include(line(DATABASE_UNCHANGED))
    // The earlier commands ran in this process, and the driver closes their files when it is collected, which may take several
    // rounds. Until then the database counts as in use.
    let restored = await shell.letta([...restore, '--yes'])
    for (let round = 0; round < 20 && restored.code !== 0; round++) {
      await collectGarbage()
      restored = await shell.letta([...restore, '--yes'])
    }
    const [replaced] = await list()
    expect(restored).to.deep.equal({
      code: 0,
      stdout: `${backupRestored(backup?.id ?? '', database())}\n`,
      stderr: line(replacedDatabase(replaced?.file ?? '')),
    })
    expect(await agents()).to.have.lengthOf(1)
  })

  it('names the command that lists them when the id is unknown or not unique', async () => {
    const { code, stderr } = await shell.letta(['backup', 'restore', '1999', '--yes'])
    const { message, hint } = backupNotFound('1999', 0)
    expect([code, stderr]).to.deep.equal([1, line(`${message}\n  ${hint}`)])
    expect((await shell.letta(['backup', 'restore', '20', '--yes'])).code).to.equal(1)
  })
})
