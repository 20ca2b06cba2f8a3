import { expect } from 'chai'
import { MISSING_FILE, versionOf } from '../../../lib/tools/files/files.ts'
import { linkVersion } from '../../../lib/tools/files/link-version.ts'
import type { ChangeSource, JournalEntry } from '../../../lib/tools/journal/journal-log.ts'
import { summarizeChanges } from '../../../lib/tools/journal/summarize-changes.ts'
import { createVersionDiffs } from '../../../lib/tools/journal/version-diff.ts'

const lines = (...changed: readonly string[]): string =>
  Array.from({ length: 20 }, (_, at) => changed.find((one) => one.startsWith(`${at} `)) ?? `${at}`)
    .join('\n')
    .concat('\n')

describe('The summary of changes', () => {
  const stored = new Map<string, Buffer>()
  const save = (text: string): string => {
    const bytes = Buffer.from(text)
    stored.set(versionOf(bytes), bytes)
    return versionOf(bytes)
  }
  const contents = {
    save: async (bytes: Buffer) => save(String(bytes)),
    load: async (version: string) => stored.get(version) ?? null,
  }
  let ids = 0
  const change = (
    source: ChangeSource,
    [before, after]: readonly [string, string],
    modes: Partial<Pick<JournalEntry, 'mode' | 'modeAfter' | 'undone' | 'undo'>> = {},
  ): JournalEntry => ({
    id: `${++ids}`,
    callId: '',
    turnId: source,
    tool: 'Edit',
    at: 0,
    path: '/project/a.txt',
    before,
    after,
    mode: 0o644,
    madeFolder: null,
    undone: false,
    isMade: true,
    source,
    ...modes,
  })
  const summarize = async (...entries: readonly JournalEntry[]) => {
    const options = { directory: '/project', diff: createVersionDiffs(contents), contents }
    return summarizeChanges({ entries, checkpoints: [] }, options)
  }
  /** The file as it is now cannot be read here. */
  const summarizeAll = async (...entries: readonly JournalEntry[]) => {
    const options = { directory: '/project', diff: createVersionDiffs(contents), contents }
    const path = '/'
    const unread = entries.map((entry) => ({ ...entry, path }))
    return summarizeChanges({ entries: unread, checkpoints: [] }, { ...options, recorded: unread })
  }
  const text = (version: string | undefined) => stored.get(version ?? '')?.toString()

  it('has only the lines of the agent, where others changed the file in between, too', async () => {
    const [first, second, third] = [
      save(lines()),
      save(lines('2 agent')),
      save(lines('2 agent', '10 person')),
    ]
    for (const others of ['outside', 'userShell'] as const) {
      const own = change('tool', [first, second])
      const later = change('shell', [third, save(lines('2 agent', '10 person', '17 agent'))])
      const { files, added } = await summarize(own, change(others, [second, third]), later)
      expect(files.map(({ before, after }) => [text(before), text(after)])).to.deep.equal([
        [lines(), lines('2 agent', '17 agent')],
      ])
      expect(files[0]?.ids).to.deep.equal([own.id, later.id])
      expect(added).to.equal(2)
    }
  })

  it('lists apart what others have changed in a file of the agent, with its command, until that is undone', async () => {
    const [first, second, third] = [
      save(lines()),
      save(lines('2 agent')),
      save(lines('2 agent', '10 person')),
    ]
    const last = save(lines('2 agent', '10 person', '17 agent'))
    const own = change('tool', [first, second])
    const others = { ...change('userShell', [second, third]), command: 'sed -i 10p a.txt' }
    const all = [own, others, change('shell', [third, last])]
    const { outside = [], files, added } = await summarizeAll(...all)
    expect(outside.map(({ before, after }) => [text(before), text(after)])).to.deep.equal([
      [lines('2 agent', '17 agent'), lines('2 agent', '10 person', '17 agent')],
    ])
    expect(outside[0]).to.deep.include({ ids: [], commands: ['sed -i 10p a.txt'] })
    expect([files.length, added, outside[0]?.diff.added]).to.deep.equal([1, 2, 1])
    const undo = { id: 'u1', of: [] }
    const back = change('undo', [last, save(lines('2 agent', '17 agent'))], { undo })
    const undone = await summarizeAll(...all, back)
    expect(undone.outside).to.deep.equal([])
    expect(text(undone.files[0]?.after)).to.equal(lines('2 agent', '17 agent'))
  })

  it('lists what others have changed once when nothing of the agent stands', async () => {
    const [first, second, third] = [
      save(lines()),
      save(lines('2 agent')),
      save(lines('2 agent', '10 person')),
    ]
    const own = change('tool', [first, second], { undone: true })
    const undo = { id: 'u1', of: [own.id] }
    const back = change('undo', [third, save(lines('10 person'))], { undo })
    const { files, outside } = await summarizeAll(own, back)
    expect([files.map(({ diff }) => diff.added), outside]).to.deep.equal([[1], []])
  })

  it('lists apart what others have changed in a line before the agent did', async () => {
    const [first, second] = [save(lines('2 agent')), save(lines('2 person'))]
    const { files, outside = [] } = await summarizeAll(
      change('tool', [save(lines()), first]),
      change('tool', [second, save(lines('2 agent', '3 agent'))]),
    )
    expect([...files, ...outside].map((one) => [text(one.before), text(one.after)])).to.deep.equal([
      [lines('2 person'), lines('2 agent', '3 agent')],
      [lines(), lines('2 person')],
    ])
  })

  it('has the lines of the agent next to those of a person', async () => {
    const [first, second] = [save(lines()), save(lines('2 agent'))]
    const third = save(lines('2 agent', '3 person'))
    const last = save(lines('2 agent', '3 person', '4 agent'))
    const { files } = await summarize(
      change('tool', [first, second]),
      change('tool', [third, last]),
    )
    expect(text(files[0]?.after)).to.equal(lines('2 agent', '4 agent'))
  })

  it('lists a file whose permission bits alone have changed, until they are as they were', async () => {
    const version = save('run\n')
    const executable = change('shell', [version, version], { modeAfter: 0o755 })
    const { files } = await summarize(executable)
    expect(files.map(({ mode, modeAfter }) => [mode, modeAfter])).to.deep.equal([[0o644, 0o755]])
    const back = change('shell', [version, version], { mode: 0o755, modeAfter: 0o644 })
    expect((await summarize(executable, back)).files).to.deep.equal([])
  })

  it('has a change of permission bits that stands, also after its undo was undone', async () => {
    const version = save('run\n')
    const executable = change('shell', [version, version], { modeAfter: 0o755 })
    const bits = { mode: 0o755, modeAfter: 0o644 }
    const undo = { id: 'u1', of: [executable.id] }
    const undone = change('undo', [version, version], { ...bits, undone: true, undo })
    const redo = { id: 'u2', of: [undone.id] }
    const again = change('undo', [version, version], { modeAfter: 0o755, undo: redo })
    const { turns } = await summarize(executable, undone, again)
    expect(turns.flatMap(({ changes }) => changes.map((one) => one.undone))).to.deep.equal([false])
  })

  it('lists a symbolic link with the path that it leads to', async () => {
    const link = linkVersion(save('b.txt'))
    const load = async (version: string) => stored.get(version.replace('link:', '')) ?? null
    const diff = createVersionDiffs({ load })
    const made = change('shell', [MISSING_FILE, link], { mode: null })
    const facts = { entries: [made], checkpoints: [] }
    const { files } = await summarizeChanges(facts, { directory: '/project', diff, contents })
    expect(
      files.map(({ status, after, diff: counts }) => [status, after, counts.added]),
    ).to.deep.equal([['added', link, 1]])
  })
})
