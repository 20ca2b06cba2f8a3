import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { commitFiles } from '../../lib/memory/commit-files.ts'
import { commitRunsPrograms } from '../../lib/memory/messages.ts'
import { sideEffects } from '../../lib/permissions/messages.ts'
import { temporaryFolder } from '../support/letta-server.ts'

describe('The commit of memory files', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>
  const at = (name: string): string => path.join(place.folder, name)
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: place.folder, encoding: 'utf8' })
  beforeEach(async () => {
    place = await temporaryFolder()
    git('init', '--quiet')
    writeFileSync(at('human.md'), 'Name: Ada')
  })
  afterEach(() => place.remove())

  it('is not made in a repository whose configuration runs a program, which is named', async () => {
    writeFileSync(at('.gitattributes'), '*.md filter=x\n')
    git('config', 'filter.x.clean', `touch ${at('RAN')}; cat`)
    expect(await commitFiles(place.folder, ['human.md'], 'memory: human')).to.deep.equal({
      type: 'failed',
      reason: commitRunsPrograms(sideEffects.runsGitSetting('filter.x.clean')),
    })
    expect(existsSync(at('RAN'))).to.equal(false)
    git('config', '--unset', 'filter.x.clean')
    const { type } = await commitFiles(place.folder, ['human.md'], 'memory: human')
    expect(type).to.equal('committed')
  })
})
