import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import {
  EDITOR_HINT,
  editorFailedAfterSave,
  editorTextLeft,
  pagerFailed,
} from '../../../lib/tools/messages/editor.ts'
import { editInEditor, openInEditor, showInPager } from '../../../lib/tools/process/text-editor.ts'
import { UserError } from '../../../lib/util/user-error.ts'
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

  it('report an editor that removes its file, or the directory of it', async () => {
    const edited = (script: string) =>
      rejection(editInEditor('text', 'a.txt', { EDITOR: program('remove', script) }))
    const removed = await edited(`echo "$1" > ${directory}/out; rm "$1"`)
    expect(removed).to.be.instanceOf(UserError).and.include({ hint: EDITOR_HINT })
    expect(existsSync(path.dirname(out()))).to.equal(false)
    expect(await edited('rm -r "$(dirname "$1")"')).to.be.instanceOf(UserError)
  })

  it('leave a text that the editor has saved under another name where it is', async () => {
    const EDITOR = program('rename', `mv "$1" "$1.txt"; echo "$1.txt" > ${directory}/out`)
    const thrown = await rejection(editInEditor('my text', 'a.txt', { EDITOR }))
    const left = path.dirname(out())
    expect(thrown)
      .to.be.instanceOf(UserError)
      .and.include({ hint: editorTextLeft(left) })
    expect(readFileSync(out(), 'utf8')).to.equal('my text')
    rmSync(left, { recursive: true })
  })

  it('leave a text that the editor has saved before it failed, and none that it has not changed', async () => {
    const fails = (script: string) => {
      const EDITOR = program('fail', `echo "$1" > ${directory}/out; ${script}`)
      return rejection(editInEditor('my text', 'a.txt', { EDITOR }))
    }
    const unchanged = await fails('exit 1')
    expect(unchanged).to.be.instanceOf(UserError).and.include({ hint: EDITOR_HINT })
    expect(existsSync(path.dirname(out()))).to.equal(false)
    const changed = await fails('echo more >> "$1"; kill -9 $$')
    expect(changed).to.include({ hint: editorFailedAfterSave(out()) })
    expect(readFileSync(out(), 'utf8')).to.equal('my textmore\n')
    rmSync(path.dirname(out()), { recursive: true })
  })

  it('report a pager that fails', async () => {
    const pager = program('broken', 'exit 2')
    const thrown = await rejection(showInPager('x', { PAGER: pager }))
    expect(thrown).to.include({ message: pagerFailed(pager) })
  })
})
