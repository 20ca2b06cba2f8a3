import { expect } from 'chai'
import { entryParts } from '../../../ui/commands/entry-texts.ts'
import { COMMAND_HINTS } from '../../../ui/messages/command-hints.ts'
import { copied, ENTRY_PARTS, NO_FILE_OF_ENTRY, partSize } from '../../../ui/messages/entries.ts'
import { PICKER_TITLES } from '../../../ui/messages/program.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const options = { mode: 'bypassPermissions' } as const
const ANSWER = 'Use **this**:\n\n```ts\nconst a = 1\nconst b = 2\n```\n\nDone.'

describe('Copying from the conversation', () => {
  it(
    'copies a message at once, and lists the parts of an answer with code',
    withWorkbench({ answers: [{ text: ANSWER }] }, (workbench) =>
      workbench
        .send('How?')
        .press('f5', 'y')
        .expectPicker(PICKER_TITLES.copy, [ENTRY_PARTS.answer, ENTRY_PARTS.code('ts')])
        .press('down', 'enter')
        .expectFlash(
          copied(ENTRY_PARTS.code('ts'), partSize('const a = 1\nconst b = 2'), 'terminal'),
        )
        .press('k', 'y')
        .expectFlash(copied(ENTRY_PARTS.message, partSize('How?'), 'terminal'))
        .press('j', 'Y')
        .submit('/copy')
        .check((desk) =>
          expect(desk.done).to.deep.equal([
            'copy const a = 1\nconst b = 2',
            'copy How?',
            `copy ${ANSWER}`,
          ]),
        ),
    ),
  )

  it(
    'copies a change as a patch, and opens its file at the first changed line',
    withWorkbench(
      {
        answers: [
          {
            calls: [
              {
                name: 'Bash',
                args: { command: 'seq 1 9 > n.txt; sed -n 5p n.txt' },
              },
            ],
          },
          { calls: [{ name: 'Read', args: { file_path: 'n.txt' } }] },
          {
            calls: [
              { name: 'Edit', args: { file_path: 'n.txt', old_string: '5', new_string: 'five' } },
            ],
          },
          { text: 'Done.' },
        ],
        options,
      },
      (workbench) =>
        workbench
          .send('Change 5')
          .press('f5', 'e')
          .expectFlash(NO_FILE_OF_ENTRY)
          .press('{', 'e', 'y')
          .expectPicker(PICKER_TITLES.copy, [
            ENTRY_PARTS.diff,
            ENTRY_PARTS.path,
            ENTRY_PARTS.output,
          ])
          .press('enter')
          .press('k', 'y', 'enter')
          .press('k', 'Y', 'v')
          .check((desk) =>
            expect(desk.done).to.deep.equal([
              'edit n.txt:5',
              'copy --- a/n.txt\n+++ b/n.txt\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8',
              'copy 1\n2\n3\n4\n5\n6\n7\n8\n9',
              'copy **Bash** seq 1 9 > n.txt; sed -n 5p n.txt\n\n```sh\nseq 1 9 > n.txt; sed -n 5p n.txt\n```\n\n```\n5\n```',
              'page seq 1 9 > n.txt; sed -n 5p n.txt\n\n5\n',
            ]),
          ),
    ),
  )

  it('writes the paths of a patch as git does, whatever path the agent has used', () => {
    const line = { type: 'added', text: 'one', oldNumber: null, newNumber: 1 } as const
    const hunks = [{ oldStart: 1, newStart: 1, lines: [line] }]
    const patchOf = (path: string, file: string) => {
      const diff = { type: 'diff', path, created: true, hunks, added: 1, removed: 0 } as const
      const phase = {
        type: 'allowed',
        preview: { ...diff, remark: null },
        by: 'person',
        reason: '',
      } as const
      const args = JSON.stringify({ file_path: file })
      const call = { callId: 'c', tool: 'Write', args, label: path, host: 'local', phase } as const
      return entryParts({ type: 'tool', id: 'c', call })[0]?.text.split('\n')[1]
    }
    expect(patchOf('src/n.txt', '/project/src/n.txt')).to.equal('+++ b/src/n.txt')
    expect(patchOf('/other/n.txt', '/other/n.txt')).to.equal('+++ b/other/n.txt')
  })

  it(
    'opens no file for a call that could not read it',
    withWorkbench(
      {
        answers: [
          { calls: [{ name: 'Read', args: { file_path: 'none.txt' } }] },
          { text: 'Not there.' },
        ],
        options,
      },
      (workbench) =>
        workbench
          .send('Read it')
          .press('f5', '(')
          .expectNotOnScreen(COMMAND_HINTS['entry.edit'] ?? '')
          .press('e')
          .expectFlash(NO_FILE_OF_ENTRY)
          .check((desk) => expect(desk.done).to.deep.equal([])),
    ),
  )
})
