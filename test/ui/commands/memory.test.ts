import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { serverName } from '../../../lib/client/backend.ts'
import { identifyProcess } from '../../../lib/fs/process-identity.ts'
import { openDrafts } from '../../../lib/memory/drafts.ts'
import { initPrompt } from '../../../lib/prompts/index.ts'
import type { MemoryBlock } from '../../../lib/session/state/memory.ts'
import { draftsNotStored } from '../../../ui/messages/composer.ts'
import {
  BLOCK_PROMPTS,
  CHOOSE_FOR_EACH_CONFLICT,
  CONFLICT_MARKS_LEFT,
  draftContinued,
  draftDiscarded,
  draftOfMissing,
  noDraft,
  pressAgainToDiscard,
  regainQuestion,
  savedMerged,
  unsavedQuestion,
} from '../../../ui/messages/memory.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { selectedBlock } from '../../../ui/view/panes/memory-selection.ts'
import type { Desktop } from '../../support/desktop.ts'
import { conversation } from '../../support/session.ts'
import { type WorkbenchScript, withWorkbench } from '../../support/with-workbench.ts'

/** What the agent was asked. */
const asked = ({ endpoint }: Desktop): string => conversation(endpoint.requests[0])[0] ?? ''

describe('The command /remember', () => {
  it(
    'asks the agent to put a text into its memory',
    withWorkbench({ answers: [{ text: 'Noted in human.' }] }, (workbench) =>
      workbench
        .submit('/remember I like tea')
        .expectScreen('Noted in human.')
        .check((desk) =>
          expect(asked(desk))
            .to.include('with your memory tools')
            .and.match(/\n\nI like tea$/),
        ),
    ),
  )

  it(
    'asks the agent to look back over the conversation when there is no text',
    withWorkbench({ answers: [{ text: 'Nothing new.' }] }, (workbench) =>
      workbench
        .submit('/remember ')
        .expectScreen('Nothing new.')
        .check((desk) => expect(asked(desk)).to.include('Look back over our conversation')),
    ),
  )
})

describe('The command /init', () => {
  it(
    'asks the agent to fill the block about the project',
    withWorkbench({ answers: [{ text: 'Now I know it.' }] }, (workbench) =>
      workbench
        .submit('/init')
        .expectScreen('Now I know it.')
        .check((desk) => {
          expect(asked(desk)).to.equal(`user: ${initPrompt()}`)
          expect(asked(desk)).to.include('memory block "project"')
        }),
    ),
  )
})

describe('Editing a memory block in the pane', () => {
  const editing = ({ workbench: { memory } }: RootState): string | null =>
    memory.editing?.editor.text ?? null
  /** Another program saves the block, and this one notices it only when it saves. */
  const saves = async (desk: Desktop, value: string): Promise<void> => {
    await desk.session.opened
    const { block } = { block: human(desk) }
    if (block === undefined) throw new Error('no block')
    const other = desk.again()
    await other.session.opened
    const before = other.session.store.state.memory.find(({ block: { id } }) => id === block.id)
    await other.session.memory.edit('human', value, before?.block.value ?? '')
    await other.session.close()
    if (desk.root.state.workbench.memory.editing === null) await desk.session.memory.refresh()
  }
  const draftFiles = async ({ home }: Desktop, count: number): Promise<void> => {
    for (;;) {
      mkdirSync(path.join(home, '.letta/drafts'), { recursive: true })
      const files = readdirSync(path.join(home, '.letta/drafts'), { withFileTypes: true })
      if (files.filter(({ name }) => name.endsWith('.json')).length === count) return
      await delay(20)
    }
  }
  /** A process that has ended has left a text that was not saved. */
  const leaves = async (desk: Desktop, text: string): Promise<void> => {
    await desk.session.opened
    const identity = identifyProcess().then((own) => ({ ...own, startedAt: '1' }))
    const { home, options } = desk
    const drafts = openDrafts(path.join(home, '.letta/drafts'), serverName(options.backend), {
      id: text,
      identity,
    })
    await drafts.write(human(desk)?.id ?? '', {
      before: human(desk)?.value ?? '',
      text,
      label: 'human',
      agentId: desk.session.store.state.agent?.id ?? '',
    })
  }
  const human = (desk: Desktop): MemoryBlock | undefined =>
    desk.session.store.state.memory.find(({ block }) => block.label === 'human')?.block

  it(
    'saves the text and ends the edit',
    withWorkbench({}, (workbench) =>
      workbench
        .press('f2', 'down', 'e')
        .type('Likes tea. ')
        .press('ctrl+s')
        .expectState('the edit', editing, null)
        .check((desk) => expect(human(desk)?.value).to.match(/^Likes tea\. /)),
    ),
  )

  it(
    'merges the text with the change of another in other lines',
    withWorkbench({}, (workbench) =>
      workbench
        .perform((desk) => saves(desk, 'one\ntwo\nthree'))
        .press('f2', 'down', 'e')
        .type('Likes tea. ')
        .perform((desk) => saves(desk, 'one\ntwo\nthree\nfour'))
        .press('ctrl+s')
        .expectFlash(savedMerged('human'))
        .expectState('the edit', editing, null)
        .check((desk) => expect(human(desk)?.value).to.equal('Likes tea. one\ntwo\nthree\nfour')),
    ),
  )

  const conflict = (workbench: WorkbenchScript): WorkbenchScript =>
    workbench
      .perform((desk) => saves(desk, 'one\ntwo\nthree'))
      .press('f2', 'down', 'e')
      .type('Likes tea. ')
      .perform((desk) => saves(desk, 'ONE\ntwo\nthree'))
      .press('ctrl+s')
      .expectScreen('◀ mine', 'Likes tea. one', '▶ theirs: you', 'ONE')
  const merging = ({ workbench: { memory } }: RootState): unknown => memory.merging
  for (const [key, value] of [
    ['m', 'Likes tea. one\ntwo\nthree'],
    ['t', 'ONE\ntwo\nthree'],
    ['b', 'Likes tea. one\nONE\ntwo\nthree'],
  ] as const) {
    it(
      `shows the lines that another has changed too, and saves the choice ${key}`,
      withWorkbench({}, (workbench) =>
        conflict(workbench)
          .press('ctrl+s')
          .expectFlash(CHOOSE_FOR_EACH_CONFLICT)
          .press(key, 'ctrl+s')
          .expectState('the merge', merging, null)
          .expectState('the edit', editing, null)
          .check((desk) => expect(human(desk)?.value).to.equal(value)),
      ),
    )
  }

  it(
    'keeps the text when it cannot be saved',
    withWorkbench({}, (workbench) =>
      workbench
        .perform((desk) => desk.session.opened)
        .press('f2', 'down', 'e')
        .type('Likes tea. ')
        .perform((desk) => {
          const block = human(desk)
          if (block === undefined) throw new Error('no block')
          const limited = { ...block, limit: 5 }
          desk.root.dispatch({ type: 'memory.changed', block: limited, by: 'user', at: 0 })
        })
        .press('ctrl+s')
        .expectState('the flash', ({ workbench: { flash } }) => flash?.level, 'warning')
        .expectState('the edit', (state) => editing(state)?.startsWith('Likes tea. '), true),
    ),
  )

  it(
    'edits the merged text on request',
    withWorkbench({}, (workbench) =>
      conflict(workbench)
        .press('b', 'e')
        .expectState('the edit', editing, 'Likes tea. one\nONE\ntwo\nthree')
        .type('!')
        .press('ctrl+s')
        .expectState('the edit', editing, null)
        .check((desk) => expect(human(desk)?.value).to.equal('Likes tea. one\nONE\ntwo\nthree!')),
    ),
  )

  it(
    'marks what is undecided in the text of a merge, and does not save it with the marks',
    withWorkbench({}, (workbench) =>
      conflict(workbench)
        .press('e')
        .expectState(
          'the edit',
          editing,
          '<<<<<<< mine\nLikes tea. one\n=======\nONE\n>>>>>>> theirs\ntwo\nthree',
        )
        .press('ctrl+s')
        .expectFlash(CONFLICT_MARKS_LEFT)
        .check((desk) => expect(human(desk)?.value).to.equal('ONE\ntwo\nthree')),
    ),
  )

  it(
    'goes back from a conflict to the text, and finds the conflict again',
    withWorkbench({}, (workbench) =>
      conflict(workbench)
        .press('escape')
        .expectState('the edit', editing, 'Likes tea. one\ntwo\nthree')
        .press('ctrl+s')
        .expectScreen('▶ theirs'),
    ),
  )

  it(
    'keeps the choices of a merge that was left, as long as the text is the same',
    withWorkbench({}, (workbench) =>
      conflict(workbench)
        .press('t', 'escape')
        .type('!')
        .press('ctrl+s')
        .expectScreen('▶ theirs')
        .press('ctrl+s')
        .expectFlash(CHOOSE_FOR_EACH_CONFLICT)
        .press('t', 'escape')
        .expectState('the edit', editing, 'Likes tea. one\ntwo\nthree!')
        .press('ctrl+s')
        .expectScreen('▶ theirs')
        .press('ctrl+s')
        .expectState('the merge', merging, null)
        .expectState('the edit', editing, null)
        .check((desk) => expect(human(desk)?.value).to.equal('ONE\ntwo\nthree!')),
    ),
  )

  it(
    'keeps what is typed while the text before it is saved',
    withWorkbench({}, (workbench) =>
      workbench
        .press('f2', 'down', 'e')
        .type('Likes tea. ')
        .perform((desk) => desk.presses('ctrl+s').types('And cake. '))
        .perform((desk) =>
          desk.root.when(({ session }) =>
            session.memory.some(({ block }) => block.value.startsWith('Likes tea. '))
              ? true
              : undefined,
          ),
        )
        .expectState('the edit', (state) => editing(state)?.includes('And cake. '), true)
        .press('ctrl+s')
        .expectState('the edit', editing, null)
        .check((desk) => expect(human(desk)?.value).to.match(/^Likes tea\. And cake\. /)),
    ),
  )

  it(
    'keeps what was typed when the editor is closed, and continues with it',
    withWorkbench({}, (workbench) =>
      workbench
        .press('f2', 'down', 'e')
        .type('Likes tea. ')
        .press('escape', 'l')
        .expectState('the edit', editing, null)
        .expectScreen('✎ unsaved draft')
        .check((desk) => expect(human(desk)?.value).to.not.include('tea'))
        .press('e')
        .expectState('the edit', (state) => editing(state)?.startsWith('Likes tea. '), true)
        .press('ctrl+s')
        .expectState('the edit', editing, null)
        .expectNotOnScreen('✎ unsaved draft')
        .check((desk) => expect(human(desk)?.value).to.match(/^Likes tea\. /)),
    ),
  )

  it(
    'merges a draft with what another has changed before it was continued',
    withWorkbench({}, (workbench) =>
      workbench
        .perform((desk) => saves(desk, 'one\ntwo\nthree'))
        .press('f2', 'down', 'e')
        .type('Likes tea. ')
        .press('escape', 'l')
        .perform((desk) => saves(desk, 'one\ntwo\nthree\nfour'))
        .press('e', 'ctrl+s')
        .expectFlash(savedMerged('human'))
        .check((desk) => expect(human(desk)?.value).to.equal('Likes tea. one\ntwo\nthree\nfour')),
    ),
  )

  for (const key of ['escape', 'ctrl+c']) {
    it(
      `asks at ${key} whether to save, leave or discard a changed text, and stays open at escape`,
      withWorkbench({}, (workbench) =>
        workbench
          .press('f2', 'down', 'e')
          .type('Likes tea. ')
          .press(key)
          .expectScreen(unsavedQuestion('human').title)
          .expectScreen('s save   l leave as draft   d discard   escape stay')
          .expectState('the edit', (state) => editing(state)?.startsWith('Likes tea. '), true)
          .press('escape')
          .expectNotOnScreen(unsavedQuestion('human').title)
          .type('And cake. ')
          .press(key, 's')
          .expectState('the edit', editing, null)
          .expectNotOnScreen('✎ unsaved draft')
          .check((desk) => expect(human(desk)?.value).to.match(/^Likes tea\. And cake\. /)),
      ),
    )
  }

  it(
    'closes without a question when nothing was changed',
    withWorkbench({}, (workbench) =>
      workbench
        .press('f2', 'down', 'e', 'escape')
        .expectState('the edit', editing, null)
        .expectNotOnScreen(unsavedQuestion('human').title),
    ),
  )

  it(
    'discards a changed text by the answer, and yanks it into the message',
    withWorkbench({}, (workbench) =>
      workbench
        .press('f2', 'down', 'e')
        .type('Likes tea. ')
        .press('escape', 'd')
        .expectFlash(draftDiscarded('human'))
        .expectState('the edit', editing, null)
        .expectNotOnScreen('✎ unsaved draft')
        .check((desk) => expect(human(desk)?.value).to.not.include('tea'))
        .press('f6', 'ctrl+y')
        .expectState(
          'the message',
          ({ workbench: { composer } }) => composer.text.slice(0, 11),
          'Likes tea. ',
        ),
    ),
  )

  it(
    'discards a draft at the second press',
    withWorkbench({}, (workbench) =>
      workbench
        .press('f2', 'down', 'e')
        .type('Likes tea. ')
        .press('escape', 'l')
        .stopClock()
        .press('X')
        .expectFlash(pressAgainToDiscard('human'))
        .expectScreen('✎ unsaved draft')
        .press('X')
        .expectFlash(draftDiscarded('human'))
        .expectNotOnScreen('✎ unsaved draft'),
    ),
  )

  it(
    'shows one draft of a block after another, with their number',
    withWorkbench({}, (workbench) =>
      workbench
        .press('f2', 'down', 'e')
        .type('Likes tea. ')
        .perform((desk) => draftFiles(desk, 1))
        .perform((desk) => leaves(desk, 'first'))
        .perform((desk) => leaves(desk, 'second'))
        .press('escape', 'l')
        .stopClock()
        .press('X', 'X')
        .expectFlash(draftDiscarded('human'))
        .expectScreen('✎ 1 of 2 unsaved drafts')
        .press('e')
        .expectFlash(draftContinued('human', 2))
        .expectState('the edit', editing, 'second')
        .press('X')
        .type(' more')
        .press('ctrl+s')
        .expectScreen('✎ unsaved draft')
        .press('e')
        .expectState('the edit', editing, 'first')
        .press('escape', 'l', 'X', 'X')
        .expectNotOnScreen('✎ unsaved draft')
        .perform((desk) => draftFiles(desk, 0))
        .press('X')
        .expectFlash(noDraft('human')),
    ),
  )

  it(
    'stores drafts in files that only their owner can read, until they are saved',
    withWorkbench({}, (workbench) =>
      workbench
        .press('f2', 'down', 'e')
        .type('Likes tea. ')
        .perform((desk) => draftFiles(desk, 1))
        .check((desk) => {
          const [file = ''] = readdirSync(path.join(desk.home, '.letta/drafts'))
          const draft = path.join(desk.home, '.letta/drafts', file)
          expect(statSync(draft).mode & 0o777).to.equal(0o600)
          expect(readFileSync(draft, 'utf8')).to.contain('Likes tea. ')
        })
        .press('ctrl+s')
        .expectState('the edit', editing, null)
        .perform((desk) => draftFiles(desk, 0)),
    ),
  )
})

describe('A text that was typed into a memory block', () => {
  const typed = ({ home }: Desktop): readonly string[] => {
    const directory = path.join(home, '.letta/drafts')
    mkdirSync(directory, { recursive: true })
    const names = readdirSync(directory).filter((name) => name.endsWith('.json'))
    return names.map((name) => JSON.parse(readFileSync(path.join(directory, name), 'utf8')).text)
  }
  const stored = async (desk: Desktop, text: string): Promise<void> => {
    while (!typed(desk).some((one) => one.includes(text))) await delay(20)
  }
  const find = ({ session }: Pick<RootState, 'session'>, label: string): MemoryBlock | undefined =>
    session.memory.find(({ block }) => block.label === label)?.block
  const detach = async ({ session, root }: Desktop): Promise<void> =>
    session.memory.blocks.detach(find(root.state, 'human')?.id ?? '')
  const edited = ({ workbench: { memory } }: RootState): unknown => memory.editing?.editor.text

  it(
    'is stored by the next change, though it is the same, when it could not be stored before',
    withWorkbench({}, (workbench) => {
      const directoryOf = ({ home }: Desktop): string => path.join(home, '.letta/drafts')
      return workbench
        .perform((desk) => desk.session.opened)
        .perform((desk) => writeFileSync(directoryOf(desk), ''))
        .press('f2', 'down', 'e')
        .type('Mine. ')
        .expectScreen(draftsNotStored('').slice(0, 20))
        .perform((desk) => rmSync(directoryOf(desk)))
        .press('escape', 'l')
        .perform((desk) => stored(desk, 'Mine. '))
    }),
  )

  it(
    'is stored and continued also when the agent has lost the block while it was typed, which is attached again',
    withWorkbench({}, (workbench) => {
      let id = ''
      return workbench
        .perform((desk) => desk.session.opened)
        .check(({ root }) => {
          id = find(root.state, 'human')?.id ?? ''
        })
        .press('f2')
        .dispatch({ type: 'memory.selected', label: 'human' })
        .press('e')
        .type('Before. ')
        .perform(detach)
        .type('After. ')
        .perform((desk) => stored(desk, 'Before. After. '))
        .press('escape', 'l')
        .expectFlash(draftOfMissing('human'))
        .press('U')
        .expectPicker(BLOCK_PROMPTS.restoreDeleted)
        .press('enter')
        .check(({ root }) => expect(edited(root.state)).to.match(/^Before\. After\. /))
        .press('ctrl+s', 'y')
        .expectState('the edit', ({ workbench: { memory } }) => memory.editing, null)
        .check(({ root }) =>
          expect(find(root.state, 'human')?.value).to.match(/^Before\. After\. /),
        )
        .check(({ root }) => expect(find(root.state, 'human')?.id).to.equal(id))
        .perform(async (desk) => {
          while (typed(desk).length > 0) await delay(20)
        })
    }),
  )

  it(
    'is continued with the block when the agent gets it again',
    withWorkbench({}, (workbench) => {
      let id = ''
      return workbench
        .perform((desk) => desk.session.opened)
        .press('f2')
        .dispatch({ type: 'memory.selected', label: 'human' })
        .press('e')
        .type('Mine. ')
        .press('escape', 'l')
        .perform(async (desk) => {
          id = find(desk.root.state, 'human')?.id ?? ''
          await stored(desk, 'Mine. ')
          await detach(desk)
          await desk.session.memory.blocks.attach(id)
        })
        .dispatch({ type: 'memory.selected', label: 'human' })
        .press('e')
        .check(({ root }) => expect(edited(root.state)).to.match(/^Mine\. /))
    }),
  )

  it(
    'stays with the block when it is renamed',
    withWorkbench({}, (workbench) =>
      workbench
        .perform((desk) => desk.session.opened)
        .press('f2')
        .dispatch({ type: 'memory.selected', label: 'human' })
        .press('e')
        .type('Mine. ')
        .perform(({ session, root }) =>
          session.memory.blocks.change(find(root.state, 'human')?.id ?? '', { label: 'person' }),
        )
        .type('More. ')
        .press('escape', 'l')
        .perform((desk) => stored(desk, 'Mine. More. '))
        .press('e')
        .check(({ root }) => expect(edited(root.state)).to.match(/^Mine\. More\. /))
        .press('ctrl+s')
        .expectState('the edit', ({ workbench: { memory } }) => memory.editing, null)
        .check(({ root }) => expect(find(root.state, 'person')?.value).to.match(/^Mine\. More\. /)),
    ),
  )

  it(
    'is announced after a restart when the agent no longer has the block',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(async (desk) => {
          await desk.session.opened
          const { agent } = desk.root.state.session
          const { home, options } = desk
          const identity = identifyProcess().then((own) => ({ ...own, startedAt: '1' }))
          const directory = path.join(home, '.letta/drafts')
          const drafts = openDrafts(directory, serverName(options.backend), { id: 'x', identity })
          const draft = { before: '', text: 'Typed.', label: 'plan', agentId: agent?.id ?? '' }
          await drafts.write('block-gone', draft)
          const blocks = desk.root.state.session.memory.map(({ block }) => block)
          desk.session.store.dispatch({ type: 'memory.loaded', blocks, managed: [] })
        })
        .expectNotice(draftOfMissing('plan'))
        .press('f2', 'U')
        .expectPicker(BLOCK_PROMPTS.restoreDeleted)
        .press('enter')
        .expectState('the edit', edited, 'Typed.'),
    ),
  )

  it(
    'stays when another agent is opened that shares the block',
    withWorkbench({}, (workbench) =>
      workbench
        .perform((desk) => desk.session.opened)
        .press('f2')
        .dispatch({ type: 'memory.selected', label: 'human' })
        .press('e')
        .type('Mine. ')
        .perform((desk) => stored(desk, 'Mine. '))
        .perform(async ({ session, root }) => {
          const { memory, agent } = root.state.session
          if (agent === null) return
          session.store.dispatch({ type: 'agent.opened', agent: { ...agent, id: 'agent-2' } })
          const blocks = memory.map(({ block }) => block)
          session.store.dispatch({ type: 'memory.loaded', blocks, managed: [] })
          await delay(400)
        })
        .check((desk) => expect(typed(desk).join()).to.match(/^Mine\. /)),
    ),
  )
})

describe('The editor of a memory block that is deleted meanwhile', () => {
  const human = ({ session }: Pick<RootState, 'session'>): MemoryBlock | undefined =>
    session.memory.find(({ block }) => block.label === 'human')?.block

  let deleted: MemoryBlock | undefined

  it(
    'restores the block and saves its text after a yes, and other lines keep their author',
    withWorkbench({}, (workbench) =>
      workbench
        .perform((desk) => desk.session.opened)
        .press('f2')
        .dispatch({ type: 'memory.selected', label: 'human' })
        .press('e')
        .type('Mine. ')
        .perform(({ session, root }) => {
          deleted = human(root.state)
          return session.memory.blocks.remove(deleted?.id ?? '')
        })
        .press('ctrl+s')
        .expectQuestion(regainQuestion('human').title)
        .press('n')
        .expectState('the block', (state) => human(state) === undefined, true)
        .press('ctrl+s', 'y')
        .expectState('the block', (state) => human(state)?.value.includes('Mine. '), true)
        .expectState('the editor', ({ workbench: { memory } }) => memory.editing, null)
        .expectState('the selected block', (state) => selectedBlock(state)?.block.label, 'human')
        .check(async ({ session, root }) => {
          const { id, description } = human(root.state) ?? {}
          expect([id, description]).to.deep.equal([deleted?.id, deleted?.description])
          const authors = (await session.memory.blame('human')).map(({ version: { by } }) => by)
          expect(authors).to.deep.equal(['user', ...authors.slice(1).map(() => 'letta')])
        }),
    ),
  )
})
