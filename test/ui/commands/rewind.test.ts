import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { connect } from '../../../lib/client/connect.ts'
import {
  beforeRewind,
  CONVERSATION_REWOUND,
  rewindIncomplete,
} from '../../../lib/session/messages/rewind.ts'
import type { SessionState } from '../../../lib/session/state/session-state.ts'
import { messageOf } from '../../../lib/util/user-error.ts'
import {
  cannotRewindShown,
  commandsStay,
  filesStay,
  jobsStay,
  PRESS_AGAIN_TO_REWIND,
  RESTORE_TITLE,
  REWIND_PARTS_TITLE,
  REWIND_REST_QUESTION,
  REWIND_TITLE,
  REWOUND_CONVERSATION,
  restored,
  rewindMemoryOfOthers,
  rewindParts,
  rewound,
} from '../../../ui/messages/rewind.ts'
import type { RootState } from '../../../ui/state/state.ts'
import type { Desktop } from '../../support/desktop.ts'
import { type WorkbenchScript, withWorkbench } from '../../support/with-workbench.ts'

const write = (file: string, content: string) => ({
  name: 'Write',
  args: { file_path: file, content },
})
const remember = { name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea.' } }
const setting = {
  options: { mode: 'bypassPermissions' },
  files: { 'a.txt': 'zero\n' },
  answers: [
    { calls: [write('a.txt', 'one\n')] },
    { text: 'First done.' },
    { calls: [write('a.txt', 'two\n'), write('new.txt', 'new\n'), remember] },
    { calls: [{ name: 'Bash', args: { command: 'echo hi' } }] },
    { text: 'Second done.' },
    { text: 'Third done.' },
  ],
} as const
const human = ({ session }: RootState) =>
  session.memory.find(({ block }) => block.label === 'human')?.block.value.includes('Likes tea.')
const author = ({ session }: RootState) =>
  session.memory.find(({ block }) => block.label === 'human')?.change?.by
const messages = ({ session }: RootState) =>
  [...session.settled, ...session.current].flatMap((entry) =>
    entry.type === 'user' ? [entry.text] : [],
  )
const hasNotice = ({ settled }: RootState['session']): boolean =>
  settled.some((entry) => entry.type === 'notice' && entry.level === 'warning')
const conversation = ({ session }: RootState) => session.conversation.id === 'default'
const file = (name: string, wanted: string) => (desk: { read(file: string): string }) =>
  expect(desk.read(name)).to.equal(wanted)

const twoTurns = (workbench: WorkbenchScript): WorkbenchScript =>
  workbench.send('First message').send('Second message').expectState('memory', human, true)

const persona = ({ session }: RootState) =>
  session.memory.find(({ block }) => block.label === 'persona')?.block.value
/** Another program changes a block of the agent. */
async function writePersona({ home, endpoint, session }: Desktop): Promise<void> {
  const environment = { OPENAI_API_KEY: 'x', OPENAI_BASE_URL: endpoint.url }
  const database = path.join(home, '.letta', 'letta.db')
  const { client, close } = await connect({ type: 'embedded', database, environment, demo: false })
  const block = session.store.state.memory.find((one) => one.block.label === 'persona')?.block
  const headers = { 'user-agent': 'helper' }
  await client.blocks.update(block?.id ?? '', { value: 'I am a helper.' }, { headers })
  await close()
  await session.memory.refresh()
}

describe('A rewind', () => {
  it(
    'is not suggested while a message is being written',
    withWorkbench({ answers: [{ text: 'Done.' }] }, (workbench) =>
      workbench
        .send('First message')
        .stopClock()
        .type('A draft')
        .press('escape', 'escape')
        .expectNoOverlay()
        .press('ctrl+u', 'escape')
        .expectFlash(PRESS_AGAIN_TO_REWIND),
    ),
  )

  it(
    'does not list a message of another conversation since which nothing has changed',
    withWorkbench({ answers: [{ text: 'Hello.' }, { text: 'Hello again.' }] }, (workbench) =>
      workbench
        .send('In the first one')
        .submit('/new')
        .expectState('conversation', conversation, false)
        .send('In the second one')
        .perform(async ({ session }) => {
          // The point is stored while the turn runs.
          const isStored = async (text: string): Promise<boolean> =>
            (await session.rewind.list()).some((point) => point.text === text)
          while (!(await isStored('In the second one')));
        })
        .submit('/rewind')
        .expectPicker(REWIND_TITLE, ['In the second one']),
    ),
  )

  it(
    'returns conversation, files and memory to the state before a message, and is undone by another one',
    withWorkbench(setting, (workbench) =>
      twoTurns(workbench)
        .stopClock()
        .press('escape')
        .expectFlash(PRESS_AGAIN_TO_REWIND)
        .press('escape')
        .startClock()
        .expectPicker(REWIND_TITLE, ['Second message', 'First message'])
        .expectScreen(/\+2 −1 in 2 files, memory 1 block.* ?(?:just now|ago)/)
        .press('enter')
        .expectPicker(REWIND_PARTS_TITLE, [
          rewindParts(['conversation', 'files', 'memory']),
          rewindParts(['files', 'memory']),
          rewindParts(['conversation']),
          rewindParts(['files']),
          rewindParts(['memory']),
        ])
        .press('enter')
        .expectPage(`${REWIND_TITLE}: Second message`)
        .expectScreen(REWOUND_CONVERSATION.slice(0, 40), commandsStay(['echo hi'])[1] ?? '')
        .press('y')
        .expectNotice(rewound('Second message'))
        .check(file('a.txt', 'one\n'))
        .expectState('memory', human, false)
        .expectState('author of the change', author, 'restore')
        .expectState('messages', messages, ['First message'])
        .expectMessage('Second message')
        .press('ctrl+u')
        .submit('/rewind')
        .expectPicker(REWIND_TITLE)
        .press('enter')
        .expectPicker(REWIND_PARTS_TITLE)
        .press('enter')
        .expectPage(`${RESTORE_TITLE}: ${beforeRewind('Second message')}`)
        .expectScreen('new.txt')
        .press('y')
        .expectState('messages', messages, ['First message', 'Second message'])
        .expectState('memory', human, true)
        .expectState('conversation', conversation, true)
        .expectNotice(restored(beforeRewind('Second message')))
        .check(file('a.txt', 'two\n'))
        .check(file('new.txt', 'new\n')),
    ),
  )

  it(
    'in a copy of the complete conversation copies it up to the message, whatever the clock of the server says',
    withWorkbench(setting, (workbench) =>
      twoTurns(workbench)
        .perform(async ({ session }) => {
          await session.conversations.fork()
          const entries = session.store.state.settled.map((entry) =>
            entry.type === 'user' ? { ...entry, at: entry.at - 3_600_000 } : entry,
          )
          session.store.dispatch({ type: 'history.loaded', entries, earlier: false })
        })
        .submit('/rewind')
        .expectPicker(REWIND_TITLE, ['Second message', 'First message'])
        .press('enter')
        .expectScreen(rewindParts(['conversation', 'files', 'memory']))
        .press('escape'),
    ),
  )

  it(
    'that was interrupted after the conversation was copied puts the message into the field when it is continued',
    withWorkbench(setting, (workbench) =>
      twoTurns(workbench)
        .perform(async ({ session }) => {
          const sent = session.store.state.settled.filter(({ type }) => type === 'user')
          await session.conversations.fork({ before: sent.at(-1)?.id ?? '' })
        })
        .expectState('messages', messages, ['First message'])
        .submit('/rewind')
        .expectPicker(REWIND_TITLE, ['Second message', 'First message'])
        .press('enter')
        .expectScreen(rewindParts(['files']))
        .press('enter')
        .expectPage(`${REWIND_TITLE}: Second message`)
        .expectScreen(CONVERSATION_REWOUND)
        .press('y')
        .expectNotice(rewound('Second message'))
        .check(file('a.txt', 'one\n'))
        .expectMessage('Second message'),
    ),
  )

  it(
    'returns files to an earlier message after a rewind to a later one',
    withWorkbench(setting, (workbench) =>
      twoTurns(workbench)
        .submit('/rewind')
        .expectPicker(REWIND_TITLE)
        .press('enter')
        .expectPicker(REWIND_PARTS_TITLE)
        .press('down', 'down', 'down', 'enter')
        .press('y')
        .expectNotice(rewound('Second message'))
        .check(file('a.txt', 'one\n'))
        .submit('/rewind')
        .expectPicker(REWIND_TITLE)
        .type('First message')
        .press('enter')
        .expectPicker(REWIND_PARTS_TITLE)
        .press('down', 'down', 'down', 'enter')
        .press('y')
        .expectNotice(rewound('First message'))
        .check(file('a.txt', 'zero\n')),
    ),
  )

  it(
    'changes nothing when a file was modified after the preview, and shows it again',
    withWorkbench(setting, (workbench) =>
      twoTurns(workbench)
        .submit('/rewind')
        .expectPicker(REWIND_TITLE)
        .press('enter')
        .expectPicker(REWIND_PARTS_TITLE)
        .press('enter')
        .expectPage(`${REWIND_TITLE}: Second message`)
        .write('new.txt', 'new\nby hand\n')
        .press('y')
        .perform(({ root }) => root.when(({ session }) => hasNotice(session) || undefined))
        .check(file('a.txt', 'two\n'))
        .check(file('new.txt', 'new\nby hand\n'))
        .expectState('messages', messages, ['First message', 'Second message'])
        .expectState('memory', human, true),
    ),
  )

  it(
    'leaves a file as it is whose lines were modified by the person, names it first, and rewinds the rest',
    withWorkbench(setting, (workbench) =>
      twoTurns(workbench)
        .write('a.txt', 'by hand\n')
        .submit('/rewind')
        .expectPicker(REWIND_TITLE)
        .press('enter')
        .expectPicker(REWIND_PARTS_TITLE)
        .press('enter')
        .expectPage(`${REWIND_TITLE}: Second message`)
        .expectScreen(filesStay(['a.txt'])[0] ?? '', REWIND_REST_QUESTION, '- new')
        .press('y')
        .expectNotice(rewound('Second message'))
        .check(file('a.txt', 'by hand\n'))
        .check((desk) => expect(existsSync(path.join(desk.project, 'new.txt'))).to.equal(false))
        .expectState('memory', human, false)
        .expectState('messages', messages, ['First message']),
    ),
  )

  it(
    'names the jobs that run and are not ended',
    withWorkbench(
      {
        options: { mode: 'bypassPermissions' },
        answers: [
          { calls: [{ name: 'Bash', args: { command: 'sleep 60', run_in_background: true } }] },
          { text: 'Started.' },
        ],
      },
      (workbench) =>
        workbench
          .send('First message')
          .submit('/rewind')
          .expectPicker(REWIND_TITLE)
          .press('enter')
          .expectPage(`${REWIND_TITLE}: First message`)
          .expectScreen(...jobsStay(['sleep 60'])),
    ),
  )

  it(
    'names the file that prevents it when nothing else can be rewound',
    withWorkbench(setting, (workbench) =>
      workbench
        .send('First message')
        .write('a.txt', 'by hand\n')
        .submit('/rewind')
        .expectPicker(REWIND_TITLE)
        .press('enter')
        .expectPicker(REWIND_PARTS_TITLE)
        .press('down', 'down', 'enter')
        .expectScreen(cannotRewindShown(['']).trim()),
    ),
  )

  it(
    'changes nothing when memory was modified after the preview',
    withWorkbench(setting, (workbench) =>
      twoTurns(workbench)
        .submit('/rewind')
        .expectPicker(REWIND_TITLE)
        .press('enter')
        .expectPicker(REWIND_PARTS_TITLE)
        .press('enter')
        .expectPage(`${REWIND_TITLE}: Second message`)
        .perform(({ session }) => {
          const value = blockValue(session.store.state)
          return session.memory.edit('human', `${value}\nMore.`, value)
        })
        .press('y')
        .perform(({ root }) => root.when(({ session }) => hasNotice(session) || undefined))
        .check(file('a.txt', 'two\n'))
        .expectState('messages', messages, ['First message', 'Second message']),
    ),
  )

  it(
    'leaves memory that others have changed since, names them, and includes it only when it is chosen',
    withWorkbench(setting, (workbench) =>
      twoTurns(workbench)
        .perform(writePersona)
        .check(async ({ session }) => {
          const [, first] = await session.rewind.list()
          const { memory, memoryOfOthers } = await session.rewind.plan(first?.id ?? '')
          expect(memory.map(({ label }) => label)).to.deep.equal(['human'])
          expect(memoryOfOthers.map(({ label, writers }) => [label, writers])).to.deep.equal([
            ['persona', ['another client (helper)']],
          ])
        })
        .submit('/rewind')
        .expectPicker(REWIND_TITLE)
        .press('down', 'enter')
        .expectPicker(REWIND_PARTS_TITLE, [
          rewindParts(['conversation', 'files', 'memory']),
          rewindParts(['files', 'memory']),
          rewindParts(['conversation']),
          rewindParts(['files']),
          rewindParts(['memory']),
          rewindMemoryOfOthers(['persona'], []).title,
        ])
        .type('memory, also')
        .press('enter')
        .expectScreen('- I am a helper.')
        .press('escape')
        .submit('/rewind')
        .expectPicker(REWIND_TITLE)
        .press('down', 'enter')
        .expectPicker(REWIND_PARTS_TITLE)
        .press('enter')
        .expectScreen('  persona: another client (helper)')
        .press('y')
        .expectState('memory', human, false)
        .check(({ root }) => expect(persona(root.state)).to.equal('I am a helper.')),
    ),
  )

  it(
    'that fails in a part names what was rewound and what was not, and leaves the rest as it is',
    withWorkbench(setting, (workbench) =>
      twoTurns(workbench).check(async ({ session }) => {
        const [, first] = await session.rewind.list()
        const plan = await session.rewind.plan(first?.id ?? '')
        const before = blockValue(session.store.state)
        const memory = [{ label: 'human', before, after: 'x'.repeat(200_000) }]
        const parts = ['files', 'memory', 'conversation'] as const
        const error = await session.rewind.apply({ ...plan, memory }, parts).then(
          () => null,
          (thrown: unknown) => thrown,
        )
        expect(messageOf(error)).to.include(
          rewindIncomplete('', ['conversation'], ['memory', 'files']),
        )
      }),
    ),
  )

  const blockValue = ({ memory }: SessionState): string =>
    memory.find(({ block }) => block.label === 'human')?.block.value ?? ''
})
