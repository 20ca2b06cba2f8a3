import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { cannotUndo } from '../../../lib/session/messages/rewind.ts'
import { changedSincePreview, NOTHING_TO_UNDO } from '../../../lib/tools/messages/journal.ts'
import {
  CHANGES_OF,
  CHANGES_SINCE_TITLE,
  COMMIT_PROMPT,
  filesStaged,
  hunkStaged,
  NO_FILE_CHANGES,
  NO_REPOSITORY,
  NOTHING_STAGED,
} from '../../../ui/messages/changes.ts'
import { COMMAND_HINTS } from '../../../ui/messages/command-hints.ts'
import {
  NOTHING_TO_REDO,
  redoTitle,
  reverted,
  revertedWithKey,
  UNDO_REFUSED,
  UNDO_TITLES,
  undoTitle,
} from '../../../ui/messages/undo.ts'
import { selectedChangesRow } from '../../../ui/state/changes-rows.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { changesTexts } from '../../../ui/view/messages/changes.ts'
import { paneTitles } from '../../../ui/view/messages/panes.ts'
import { type WorkbenchScript, withWorkbench } from '../../support/with-workbench.ts'

const LINES = Array.from({ length: 20 }, (_, index) => `line ${index}`)
const withLine = (index: number, text: string, lines = LINES): readonly string[] =>
  lines.map((line, at) => (at === index ? text : line))
const BEFORE = LINES.join('\n')
const CHANGED = withLine(15, 'two', [...withLine(3, 'one')])
const AFTER = CHANGED.join('\n')

const write = (file: string, content: string) => ({
  name: 'Write',
  args: { file_path: file, content },
})
const setting = {
  options: { mode: 'bypassPermissions' },
  files: { 'a.txt': BEFORE },
  answers: [{ calls: [write('a.txt', AFTER), write('new.txt', 'new\n')] }, { text: 'Done.' }],
} as const
const own = ({ session }: RootState) =>
  session.changes.listed.summary.turns.flatMap(({ changes }) =>
    changes.flatMap((change) => (change.own === undefined ? [] : [change.own.diff])),
  )
const outside = ({ session }: RootState) =>
  session.changes.listed.summary.outside?.map(({ diff }) => diff)
const files = ({ session }: RootState) => session.changes.summary.files.map(({ label }) => label)
const committed = ({ session }: RootState) =>
  [...session.settled, ...session.current].flatMap((entry) =>
    entry.type === 'shellLine' && entry.status.type === 'finished' ? [entry.status.code] : [],
  )[0]
const git = (cwd: string, ...args: readonly string[]): string =>
  execFileSync('git', args, { cwd, encoding: 'utf8' })
const listed = ({ session }: RootState) =>
  session.changes.listed.summary.files.map(({ label }) => label)
const selected = (state: RootState) => selectedChangesRow(state)?.type
const place = (state: RootState) => {
  const row = selectedChangesRow(state)
  return row?.type === 'file' ? row.file.label : row?.type
}
const undone = ({ session }: RootState) =>
  session.changes.summary.turns.flatMap(({ changes }) => changes.map((change) => change.undone))
const unchanged = ({ session }: RootState) => session.changes.comparison?.context
const hunks = ({ session }: RootState) => session.changes.comparison?.preview.hunks.length

const afterTurn = (workbench: WorkbenchScript): WorkbenchScript =>
  workbench
    .send('Change the files')
    .expectState('files', files, ['a.txt', 'new.txt'])
    .press('alt+3')
    .expectState('hunks', hunks, 2)
const text =
  (file: string, wanted: string): ((desk: { read(file: string): string }) => unknown) =>
  (desk) =>
    expect(desk.read(file)).to.equal(wanted)

const isRedo = ({ workbench: { overlay } }: RootState) =>
  overlay?.type === 'page' && overlay.title.startsWith(redoTitle(null, ''))
const isTurnUndo = ({ workbench: { overlay } }: RootState) =>
  overlay?.type === 'page' && overlay.title.startsWith(undoTitle('Change the files', ''))
const stages = ({ session }: RootState) => session.changes.comparison?.stages

describe('The page of changes', () => {
  it(
    'is left by a key that it names, and names no other key while it is empty',
    withWorkbench({}, (workbench) =>
      workbench
        .press('alt+3')
        .expectScreen(/escape chat/)
        .expectNotOnScreen('U undo turn', 'o open', 'g turn', 'space stage')
        .press('o')
        .expectFlash(NO_FILE_CHANGES),
    ),
  )

  it(
    'shows more and fewer unchanged lines by key, and undoes the hunk at the cursor all the same',
    withWorkbench(setting, (workbench) =>
      afterTurn(workbench)
        .expectNotOnScreen('line 8')
        .press('}')
        .expectScreen('line 8', 'line 10')
        .press('{')
        .expectNotOnScreen('line 8')
        .press('{')
        .expectNotOnScreen('line 2')
        .press('}', '}')
        .expectState('unchanged lines', unchanged, 10)
        .press('{', '{')
        .expectState('unchanged lines', unchanged, 0)
        .press(']', 'u')
        .expectState('hunks', hunks, 1)
        .check(text('a.txt', withLine(3, 'one').join('\n'))),
    ),
  )

  it(
    'lists what you have made of a proposed text as a separate part, which is undone without the rest',
    withWorkbench(
      {
        files: { 'a.txt': BEFORE },
        answers: [{ calls: [write('a.txt', AFTER)] }, { text: 'Done.' }],
      },
      (workbench) =>
        workbench
          .submit('Change the files')
          .expectApproval('Write')
          .press('f4', 'e')
          .expectState('editing', ({ workbench }) => workbench.approval.editing !== null, true)
          .type('my ')
          .press('ctrl+s')
          .expectScreen(/\+ my one/)
          .press('f12', 'y')
          .expectScreen('Done.')
          .expectState('the turn', ({ session }) => session.turn.type, 'idle')
          .press('alt+3')
          .expectState('own parts', own, [{ type: 'text', added: 1, removed: 1 }])
          .press('j', 'j', 'j')
          .expectScreen(changesTexts.ownPart, /- one/, /\+ my one/)
          .expectNotOnScreen('+ two')
          .press('d')
          .expectScreen(/\+ one/)
          .press('y')
          .expectState('own parts', own, [])
          .check(text('a.txt', AFTER)),
    ),
  )

  it(
    'lists apart what a person has changed in a file of the agent meanwhile, which is undone alone',
    withWorkbench(setting, (workbench) =>
      workbench
        .send('Change the files')
        .expectState('files', files, ['a.txt', 'new.txt'])
        .write('a.txt', withLine(9, 'mine', [...CHANGED]).join('\n'))
        .press('alt+3')
        .expectState('outside', outside, [{ type: 'text', added: 1, removed: 1 }])
        .expectScreen(changesTexts.groups.others, changesTexts.outside, '+ one')
        .expectNotOnScreen('+ mine')
        .press('j', 'j')
        .expectScreen('+ mine')
        .expectNotOnScreen('+ one')
        .press('d')
        .expectPage(UNDO_TITLES.undo)
        .press('y')
        .expectState('outside', outside, [])
        .check(text('a.txt', AFTER))
        .write('a.txt', withLine(18, 'later', [...CHANGED]).join('\n'))
        .dispatch({ type: 'terminal.focused', focused: false })
        .dispatch({ type: 'terminal.focused', focused: true })
        .expectState('outside', outside, [{ type: 'text', added: 1, removed: 1 }]),
    ),
  )

  it(
    'is empty before the first change',
    withWorkbench({}, (workbench) =>
      workbench.submit('/changes').expectFocus('changes').expectScreen(changesTexts.empty.session),
    ),
  )

  it(
    'lists what changed since a message, by key',
    withWorkbench(
      {
        ...setting,
        answers: [
          { calls: [write('a.txt', AFTER)] },
          { text: 'Done.' },
          { calls: [write('b.txt', 'b\n')] },
          { text: 'Done.' },
        ],
      },
      (workbench) =>
        workbench
          .send('First message')
          .send('Second message')
          .press('alt+3')
          .expectState('files', files, ['a.txt', 'b.txt'])
          .press('s')
          .expectPicker(CHANGES_SINCE_TITLE, [
            CHANGES_OF.session,
            CHANGES_OF.conversation,
            'Second message',
            'First message',
          ])
          .press('down', 'down', 'enter')
          .expectState('listed', listed, ['b.txt'])
          .expectScreen(paneTitles.changesSince('Second message'))
          .expectState('files', files, ['a.txt', 'b.txt'])
          .press('u')
          .expectPage(UNDO_TITLES.undo)
          .press('y')
          .expectState('listed', listed, [])
          .expectState('files', files, ['a.txt']),
    ),
  )

  it(
    'stages hunks and files by key, marks what is staged, and commits it with a message',
    withWorkbench(setting, (workbench) =>
      afterTurn(
        workbench.perform(({ project }) => {
          git(project, 'init', '-q')
          git(project, 'config', 'user.name', 'A')
          git(project, 'config', 'user.email', 'a@localhost')
          git(project, 'add', 'a.txt')
          git(project, 'commit', '-q', '-m', 'first')
        }),
      )
        .press('space')
        .expectFlash(NO_REPOSITORY)
        .perform(({ session }) => session.git.refresh())
        .press('c')
        .expectFlash(NOTHING_STAGED)
        .press(']', 'space')
        .expectFlash(hunkStaged(true, 2, 'a.txt'))
        .expectScreen(changesTexts.staged.part, changesTexts.stages.staged)
        .expectState('the marked hunks', stages, [null, 'staged'])
        .check(({ project }) => {
          expect(git(project, 'show', ':a.txt')).to.equal(withLine(15, 'two').join('\n'))
        })
        .press('space')
        .expectFlash(hunkStaged(false, 2, 'a.txt'))
        .expectState('the marked hunks', stages, [null, null])
        .press('a')
        .expectFlash(filesStaged(true, ['a.txt']))
        .expectScreen(changesTexts.staged.all)
        .press('j', 'j', 'a')
        .expectFlash(filesStaged(true, ['a.txt', 'new.txt']))
        .press('c')
        .expectPrompt(COMMIT_PROMPT.title)
        .type("it's done")
        .press('enter')
        .expectState('commit', committed, 0)
        .check(({ project }) => {
          expect(git(project, 'log', '-1', '--format=%s', '--name-only')).to.equal(
            "it's done\n\na.txt\nnew.txt\n",
          )
        }),
    ),
  )

  it(
    'lists files and turns, with the diff of the selected one',
    withWorkbench(setting, (workbench) =>
      afterTurn(workbench)
        .expectScreen('M a.txt', 'A new.txt', 'Change the files', '+ one', '+ two')
        .press('j')
        .expectScreen('+ new')
        .press('j')
        .expectState('selected', selected, 'turn')
        .press('g')
        .expectFocus('conversation'),
    ),
  )

  it(
    'undoes the hunk at the cursor at once, and redoes it',
    withWorkbench(setting, (workbench) =>
      afterTurn(workbench)
        .press(']', 'u')
        .expectNotice(reverted(['a.txt'], false).split('{')[0] ?? '')
        .check(text('a.txt', withLine(3, 'one').join('\n')))
        .expectState('hunks', hunks, 1)
        .press('ctrl+y')
        .expectState('the question to redo', isRedo, true)
        .press('y')
        .expectNotice(reverted(['a.txt'], true))
        .check(text('a.txt', AFTER))
        .press('ctrl+y')
        .expectFlash(NOTHING_TO_REDO),
    ),
  )

  it(
    'shows before an undo that only the line break at the end of the file changes',
    withWorkbench(
      {
        answers: [{ calls: [write('end.txt', 'one\n')] }, { text: 'Ended.' }],
        files: { 'end.txt': 'one' },
        options: { mode: 'acceptEdits' },
      },
      (workbench) =>
        workbench
          .send('End it')
          .submit('/changes')
          .expectFocus('changes')
          .expectScreen('end.txt')
          .press('d')
          .expectScreen(
            /- one {2,}[\s\S]*\+ one {2,}[\s\S]*\\ No newline at end of file[\s\S]*Undo this/,
          ),
    ),
  )

  it(
    'undoes a turn after showing what changes, in three keys',
    withWorkbench(setting, (workbench) =>
      afterTurn(workbench)
        .press('U')
        .expectState('undo of the turn', isTurnUndo, true)
        .expectScreen('new.txt', '- two', '+ line 15')
        .press('y')
        .expectState('files', files, [])
        .check(text('a.txt', BEFORE)),
    ),
  )

  it(
    'shows an undo again when a file is modified after the preview, and writes nothing',
    withWorkbench(setting, (workbench) =>
      afterTurn(workbench)
        .press('d')
        .expectPage(UNDO_TITLES.undo)
        .write('a.txt', withLine(9, 'by hand', [...CHANGED]).join('\n'))
        .press('y')
        .perform(({ root, project }) =>
          root.when(
            ({ session }) =>
              [...session.settled, ...session.current].some(
                (entry) =>
                  entry.type === 'notice' &&
                  entry.text === cannotUndo([changedSincePreview(`${project}/a.txt`)]),
              ) || undefined,
          ),
        )
        .expectPage(UNDO_TITLES.undo)
        .check(text('a.txt', withLine(9, 'by hand', [...CHANGED]).join('\n')))
        .press('y')
        .expectNotice(reverted(['a.txt'], false))
        .expectScreen(changesTexts.groups.others)
        .check(text('a.txt', withLine(9, 'by hand').join('\n'))),
    ),
  )

  for (const [name, keys] of [
    ['hunk', [']', 'u']],
    ['file', ['d']],
    ['turn', ['U']],
  ] as const)
    it(
      `shows both texts when the ${name} to undo was modified in the same line, and opens the editor at it`,
      withWorkbench(setting, (workbench) =>
        afterTurn(workbench)
          .write('a.txt', withLine(15, 'mine', [...CHANGED]).join('\n'))
          .press(...keys)
          .expectPage(UNDO_REFUSED.title)
          .expectScreen(UNDO_REFUSED.since('a.txt'), '+ mine', UNDO_REFUSED.question(16))
          .press('y')
          .expectNoOverlay()
          .check(({ done, project }) => {
            expect(done).to.deep.equal([`edit ${project}/a.txt:16`])
          })
          .check(text('a.txt', withLine(15, 'mine', [...CHANGED]).join('\n'))),
      ),
    )

  it(
    'copies the patch of a file, and opens it at the line of the hunk',
    withWorkbench(setting, (workbench) =>
      afterTurn(workbench)
        .press(']', 'o')
        .press('y')
        .perform(({ root }) => root.when(({ workbench }) => workbench.flash ?? undefined))
        .check(({ done, project }) => {
          expect(done[0]).to.equal(`edit ${project}/a.txt:16`)
          expect(done[1]).to.match(/^copy diff --git a\/a\.txt b\/a\.txt\n--- a\/a\.txt\n/)
        }),
    ),
  )

  it(
    'keeps its place when a file leaves the list, and asks before the next file is changed',
    withWorkbench(
      {
        options: { mode: 'bypassPermissions' },
        files: { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n' },
        answers: [
          { calls: [write('a.txt', 'A\n'), write('b.txt', 'B\n'), write('c.txt', 'C\n')] },
          { text: 'Done.' },
        ],
      },
      (workbench) =>
        workbench
          .send('Change the files')
          .expectState('files', files, ['a.txt', 'b.txt', 'c.txt'])
          .press('alt+3', 'j')
          .expectState('hunks', hunks, 1)
          .expectScreen('- b', '+ B')
          .press('u')
          .expectFlash(revertedWithKey(['b.txt'], false))
          .check(text('b.txt', 'b\n'))
          .expectState('place', place, 'c.txt')
          .expectScreen('- c', '+ C')
          .press('u')
          .expectPage(UNDO_TITLES.undo)
          .check(text('a.txt', 'A\n'))
          .check(text('c.txt', 'C\n'))
          .press('y')
          .expectState('files', files, ['a.txt'])
          .check(text('c.txt', 'c\n')),
    ),
  )

  it(
    'asks before undoing a hunk deletes the file',
    withWorkbench(setting, (workbench) =>
      afterTurn(workbench)
        .press('j')
        .expectScreen('+ new')
        .press('u')
        .expectPage(UNDO_TITLES.undo)
        .check(text('new.txt', 'new\n'))
        .press('y')
        .expectState('files', files, ['a.txt']),
    ),
  )

  it(
    'marks a change as undone when all of its hunks are, and leaves only the redo',
    withWorkbench(setting, (workbench) =>
      afterTurn(workbench)
        .press('u')
        .expectState('hunks', hunks, 1)
        .press('u')
        .expectState('files', files, ['new.txt'])
        .check(text('a.txt', BEFORE))
        .expectState('undone', undone, [true, false])
        .press('j', 'j')
        .expectState('selected', selected, 'change')
        .press('d')
        .expectFlash(NOTHING_TO_UNDO)
        .press('k', 'U')
        .expectState('undo of the turn', isTurnUndo, true)
        .press('y')
        .expectState('undone', undone, [true, true])
        .expectScreen(changesTexts.undone)
        .press('k')
        .expectNotOnScreen(
          ` ${COMMAND_HINTS['changes.undoHunk']}`,
          ` ${COMMAND_HINTS['changes.undoTurn']}`,
        )
        .expectScreen(` ${COMMAND_HINTS['changes.redo']}`),
    ),
  )
})
