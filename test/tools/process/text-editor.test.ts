import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { pagerFailed } from '../../../lib/tools/messages.ts'
import { openInEditor, showInPager } from '../../../lib/tools/process/text-editor.ts'
import { rejection } from '../../support/rejection.ts'

describe('The external editor and pager', () => {
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'letta-editor-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  const program = (name: string, script: string): string => {
    const file = path.join(directory, name)
    writeFileSync(file, `#!/bin/sh\n${script}\n`)
    chmodSync(file, 0o755)
    return file
  }
  const out = (): string => readFileSync(path.join(directory, 'out'), 'utf8').trim()

  it('open a file at a line, in the notation of the editor', async () => {
    const opened = async (name: string): Promise<string> => {
      const editor = program(name, `echo "$@" > ${directory}/out`)
      await openInEditor('/a/b.ts', 7, { EDITOR: editor })
      return out()
    }
    expect(await opened('vim')).to.equal('+7 /a/b.ts')
    expect(await opened('hx')).to.equal('/a/b.ts:7')
    expect(await opened('code')).to.equal('--goto /a/b.ts:7')
    expect(await opened('other')).to.equal('/a/b.ts')
  })

  it('may have blanks in their path when it is quoted, and a blank variable counts as none', async () => {
    const editor = program('my editor', `echo "$@" > ${directory}/out`)
    await openInEditor('/a/b.ts', null, { VISUAL: ' ', EDITOR: `"${editor}" --wait 'x y'` })
    expect(out()).to.equal('--wait x y /a/b.ts')
  })

  it('show a text on the standard input of the pager, which need not read all of it', async () => {
    await showInPager('one\ntwo\n', { PAGER: program('show', `cat > ${directory}/out`) })
    expect(out()).to.equal('one\ntwo')
    await showInPager('x'.repeat(2_000_000), { PAGER: program('leave', 'exit 0') })
  })

  it('report a pager that fails', async () => {
    const pager = program('broken', 'exit 2')
    const thrown = await rejection(showInPager('x', { PAGER: pager }))
    expect(thrown).to.include({ message: pagerFailed(pager) })
  })
})
