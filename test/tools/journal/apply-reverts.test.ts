import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { PathMoved } from '../../../lib/fs/real-place.ts'
import { MISSING_FILE, readEntry } from '../../../lib/tools/files/files.ts'
import { applyReverts } from '../../../lib/tools/journal/apply-reverts.ts'
import type { JournalEntry, NewChange } from '../../../lib/tools/journal/journal-log.ts'
import type { FileRevert } from '../../../lib/tools/journal/plan-revert.ts'
import { rejection } from '../../support/rejection.ts'

describe('An undo while another program puts a link in the place of the directory', () => {
  let root: string
  const at = (name: string): string => join(root, name)

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'letta-reverts-')))
    for (const name of ['dir', 'outside']) {
      mkdirSync(at(name))
      writeFileSync(join(at(name), 'file'), 'text', { mode: 0o644 })
      symlinkSync('old', join(at(name), 'link'))
    }
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const swap = (): void => {
    renameSync(at('dir'), at('moved'))
    symlinkSync('outside', at('dir'))
  }

  /** The link is put after the last check of the path, when the change is recorded. */
  const recorder = {
    record: async (change: NewChange): Promise<JournalEntry> => {
      swap()
      const before = change.before?.version ?? MISSING_FILE
      const after = change.after === null ? MISSING_FILE : 'other'
      return { ...change, id: '1', before, after } as unknown as JournalEntry
    },
    forget: async () => undefined,
    confirm: async () => undefined,
  }

  const cases: readonly (readonly [string, string, Partial<FileRevert>])[] = [
    ['removes no file', 'file', { bytes: null }],
    ['replaces no file', 'file', { bytes: Buffer.from('other') }],
    ['removes no link', 'link', { bytes: null }],
    ['replaces no link', 'link', { bytes: Buffer.from('other'), isLink: true }],
    ['makes no link a file', 'link', { bytes: Buffer.from('other') }],
  ]
  for (const [what, name, revert] of cases) {
    it(`${what} to which the link leads`, async () => {
      const path = join(at('dir'), name)
      const now = await readEntry(path)
      const complete = { path, now, bytes: null, isLink: false, mode: null, entries: [], ...revert }
      const all = [{ ...complete, reason: null, isMerged: false }]
      const thrown = await rejection(applyReverts(recorder, all, 'undo-1'))
      expect(thrown).to.be.instanceOf(PathMoved)
      expect(readdirSync(at('outside'))).to.deep.equal(['file', 'link'])
      expect(readFileSync(join(at('outside'), 'file'), 'utf8')).to.equal('text')
      expect(readdirSync(at('moved'))).to.deep.equal(['file', 'link'])
    })
  }

  it('changes no permission of a file to which the link leads', async () => {
    const path = join(at('dir'), 'file')
    const now = await readEntry(path)
    const complete = {
      path,
      now,
      bytes: now?.bytes ?? null,
      isLink: false,
      mode: 0o755,
      entries: [],
    }
    const same = {
      ...recorder,
      record: async (change: NewChange) => {
        const entry = await recorder.record(change)
        return { ...entry, after: entry.before }
      },
    }
    const all = [{ ...complete, reason: null, isMerged: false }]
    expect(await rejection(applyReverts(same, all, 'undo-1'))).to.be.instanceOf(PathMoved)
    expect(statSync(join(at('outside'), 'file')).mode & 0o777).to.equal(0o644)
  })
})
