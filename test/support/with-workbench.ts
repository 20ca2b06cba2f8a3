import { expect } from 'chai'
import type { SessionEvent } from '../../lib/session/events.ts'
import { messageOf } from '../../lib/util/user-error.ts'
import { visibleCompletion } from '../../ui/state/completion.ts'
import type { WorkbenchEvent } from '../../ui/state/events.ts'
import { matchingPickerItems } from '../../ui/state/selectors.ts'
import type { Focus, RootState } from '../../ui/state/state.ts'
import { type Desktop, openDesktop } from './desktop.ts'
import type { ScriptedAnswer } from './model-endpoint.ts'
import type { DeskOptions } from './session.ts'

/**
 * The input of a user and the expected output, in order. Each expectation waits until it is met; on a timeout it fails with its
 * name and the screen.
 */
export interface WorkbenchScript {
  /** Types characters, each as a separate key. */
  type(text: string): WorkbenchScript
  /** Presses keys in the notation of keymaps: `enter`, `ctrl+p`. */
  press(...keys: readonly string[]): WorkbenchScript
  /** Types into the message and presses enter. */
  submit(text: string): WorkbenchScript
  /** Sends a message and waits until its turn has ended. */
  send(text: string): WorkbenchScript
  /** Dispatches an event, as the session or the terminal would report it. */
  dispatch(event: SessionEvent | WorkbenchEvent): WorkbenchScript
  /** The next keys are pressed without time between them. */
  stopClock(): WorkbenchScript
  startClock(): WorkbenchScript
  /** Changes a file of the project. */
  write(file: string, text: string): WorkbenchScript
  /** Runs any other step. */
  perform(step: (desk: Desktop) => unknown): WorkbenchScript

  /** Assertions on what is not on the screen: files, requests to the model. They do not wait. */
  check(assertions: (desk: Desktop) => unknown): WorkbenchScript
  expectScreen(...wanted: readonly (string | RegExp)[]): WorkbenchScript
  expectNotOnScreen(...texts: readonly string[]): WorkbenchScript
  /** Expects the line that replaces the status line. */
  expectFlash(text: string): WorkbenchScript
  /** Expects a notice in the conversation. */
  expectNotice(text: string): WorkbenchScript
  expectFocus(pane: Focus): WorkbenchScript
  /** Expects the text of the message that is being written. */
  expectMessage(text: string): WorkbenchScript
  /** Expects the selected suggestion (null: none), and optionally some of the others. */
  expectSuggestion(selected: string | null, ...others: readonly string[]): WorkbenchScript
  expectNoSuggestions(): WorkbenchScript
  /** Expects an open picker; with `titles`, the items that match the query. */
  expectPicker(title: string, titles?: readonly string[]): WorkbenchScript
  expectPrompt(title: string, text?: string): WorkbenchScript
  expectQuestion(title: string): WorkbenchScript
  expectPage(title: string): WorkbenchScript
  expectNoOverlay(): WorkbenchScript
  /** Expects a call that awaits approval. */
  expectApproval(tool: string): WorkbenchScript
  /** Expects a value of the state. A failure shows the name. */
  expectState<Value>(
    name: string,
    select: (state: RootState) => Value,
    expected: Value,
  ): WorkbenchScript
}

interface WorkbenchSetting extends DeskOptions {
  /** The answers of the model, one for each request. */
  readonly answers?: readonly ScriptedAnswer[]
}

/** A test that plays the script on a new workbench: `it('…', withWorkbench({ answers }, (workbench) => workbench.press(…)))`. */
export function withWorkbench(
  { answers = [], ...options }: WorkbenchSetting,
  write: (workbench: WorkbenchScript) => WorkbenchScript,
): () => Promise<void> {
  return async () => {
    const desk = await openDesktop(answers, options)
    const steps: Step[] = []
    write(createScript(steps))
    try {
      for (const [index, { name, run }] of steps.entries()) {
        await run(desk).catch((thrown: unknown) => {
          const message = `Step ${index + 1}, ${name}: ${messageOf(thrown)}\n\n${desk.screen()}`
          throw new Error(message, { cause: thrown })
        })
      }
    } finally {
      await desk.close()
    }
  }
}

interface Step {
  readonly name: string
  run(desk: Desktop): Promise<void>
}

/** Shorter than mocha's own limit, so that the failure names the step. */
const PATIENCE_MS = 15_000

function createScript(steps: Step[]): WorkbenchScript {
  const add = (name: string, run: (desk: Desktop) => unknown): WorkbenchScript => {
    steps.push({
      name,
      async run(desk) {
        await run(desk)
      },
    })
    return script
  }
  const expectThat = (
    name: string,
    select: (desk: Desktop, state: RootState) => unknown,
    expected: unknown,
  ): WorkbenchScript =>
    add(name, (desk) => eventually(desk, (state) => select(desk, state), expected))
  const overlay = (name: string, select: (overlay: Shown) => unknown, expected: unknown) =>
    expectThat(name, (_, { workbench }) => select(workbench.overlay), expected)
  const script: WorkbenchScript = {
    type: (text) => add(`type ${text}`, (desk) => void desk.types(text)),
    press: (...keys) => add(`press ${keys.join(' ')}`, (desk) => void desk.presses(...keys)),
    submit: (text) => add(`submit ${text}`, (desk) => void desk.types(text).presses('enter')),
    send: (text) => add(`send ${text}`, (desk) => desk.says(text)),
    dispatch: (event) => add(`dispatch ${event.type}`, (desk) => desk.root.dispatch(event)),
    stopClock: () => add('stopClock', (desk) => desk.freezes(true)),
    startClock: () => add('startClock', (desk) => desk.freezes(false)),
    write: (file, text) => add(`write ${file}`, (desk) => desk.write(file, text)),
    perform: (step) => add('perform', step),
    check: (assertions) => add('check', assertions),
    expectScreen: (...wanted) =>
      expectThat(
        `expect ${wanted.join(', ')}`,
        (desk) => wanted.filter((one) => !includes(desk.screen(), one)),
        [],
      ),
    expectNotOnScreen: (...texts) =>
      expectThat(
        `expect nothing of ${texts.join(', ')}`,
        (desk) => texts.filter((text) => desk.screen().includes(text)),
        [],
      ),
    expectFlash: (text) =>
      expectThat('expectFlash', (_, { workbench }) => begin(workbench.flash?.text, text), text),
    expectNotice: (text) =>
      expectThat('expectNotice', (_, state) => begin(newestNotice(state, text), text), text),
    expectFocus: (pane) => expectThat('expectFocus', (_, { workbench }) => workbench.focus, pane),
    expectMessage: (text) =>
      expectThat('expectMessage', (_, { workbench }) => workbench.composer.text, text),
    expectSuggestion: (selected, ...others) =>
      expectThat(
        'expectSuggestion',
        (_, state) => {
          const open = visibleCompletion(state)
          if (open === null) return null
          const shown = open.items.map(({ insert }) => insert)
          return [shown[open.selected] ?? null, ...others.filter((one) => shown.includes(one))]
        },
        [selected, ...others],
      ),
    expectNoSuggestions: () =>
      expectThat('expectNoSuggestions', (_, state) => visibleCompletion(state), null),
    expectPicker: (title, titles) =>
      overlay(
        'expectPicker',
        (shown) => {
          if (shown?.type !== 'picker') return shown?.type ?? null
          const items = matchingPickerItems(shown).map((item) => item.title)
          return titles === undefined ? [shown.title] : [shown.title, ...items]
        },
        [title, ...(titles ?? [])],
      ),
    expectPrompt: (title, text) =>
      overlay(
        'expectPrompt',
        (shown) =>
          shown?.type === 'prompt'
            ? [shown.title, ...(text === undefined ? [] : [shown.editor.text])]
            : (shown?.type ?? null),
        [title, ...(text === undefined ? [] : [text])],
      ),
    expectQuestion: (title) =>
      overlay('expectQuestion', (shown) => shown?.type === 'question' && shown.title, title),
    expectPage: (title) =>
      overlay('expectPage', (shown) => shown?.type === 'page' && shown.title, title),
    expectNoOverlay: () => overlay('expectNoOverlay', (shown) => shown, null),
    expectApproval: (tool) =>
      add('expectApproval', async (desk) => {
        const [call] = await desk.asks()
        expect(call?.tool).to.equal(tool)
      }),
    expectState: (name, select, expected) =>
      expectThat(name, (_, state) => select(state), expected),
  }
  return script
}

type Shown = RootState['workbench']['overlay']

function includes(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)
}

/** The text up to the length of the expected one, since a hint may follow it. */
function begin(text: string | undefined, expected: string): string | null {
  return text?.slice(0, expected.length) ?? null
}

/** The notice that begins with the text; otherwise the newest one, which the failure shows. */
function newestNotice({ session }: RootState, text: string): string | undefined {
  const notices = [...session.settled, ...session.current].flatMap((entry) =>
    entry.type === 'notice' ? [entry.text] : [],
  )
  return notices.find((notice) => notice.startsWith(text)) ?? notices.at(-1)
}

/** Waits for the state; on a timeout fails with the actual one. */
async function eventually(
  { root }: Desktop,
  select: (state: RootState) => unknown,
  expected: unknown,
): Promise<void> {
  const isExpected = (state: RootState): true | undefined =>
    JSON.stringify(select(state)) === JSON.stringify(expected) || undefined
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS)
  })
  await Promise.race([root.when(isExpected), late])
  clearTimeout(timer)
  expect(select(root.state)).to.deep.equal(expected)
}
