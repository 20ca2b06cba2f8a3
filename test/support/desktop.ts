import { readFileSync } from 'node:fs'
import path from 'node:path'
import { lettaDirectoryOf } from '../../lib/fs/letta-directory.ts'
import type { SessionEvent } from '../../lib/session/events.ts'
import { NoModel } from '../../lib/session/no-model.ts'
import type { ConversationsPort } from '../../lib/session/ports/conversations.ts'
import { emptySession } from '../../lib/session/state/session-state.ts'
import { createStore, type Store } from '../../lib/store.ts'
import { startAttachmentInspector } from '../../ui/app/attachment-inspector.ts'
import { compareSelectedChange } from '../../ui/app/changes-comparison.ts'
import { refreshChangesOnFocus } from '../../ui/app/changes-refresh.ts'
import { createCommandRunner } from '../../ui/app/command-runner.ts'
import { createFileSearch, startCompletion } from '../../ui/app/completion-controller.ts'
import { startConversationsLoader } from '../../ui/app/conversations-loader.ts'
import { startFinding } from '../../ui/app/find-typed.ts'
import { reportLeftAnswers } from '../../ui/app/left-answers.ts'
import { startMemoryDraftSaver } from '../../ui/app/memory-draft-saver.ts'
import { startMemoryPageLoader } from '../../ui/app/memory-page-loader.ts'
import { refreshMemoryOnFocus } from '../../ui/app/memory-refresh.ts'
import { createPromptLoader } from '../../ui/app/prompt-loader.ts'
import { createSessionStore } from '../../ui/app/session-store.ts'
import { createSessions } from '../../ui/app/sessions.ts'
import { handleMouse } from '../../ui/commands/mouse.ts'
import { handleInput, typeText } from '../../ui/input/input-router.ts'
import { hintKey, ownKeys } from '../../ui/input/key-contexts.ts'
import { createKeyDispatcher } from '../../ui/input/key-dispatch.ts'
import { parseKeymap } from '../../ui/input/keymap.ts'
import { createMessagePresenter } from '../../ui/input/workbench-message.ts'
import type { WorkbenchEvent } from '../../ui/state/events.ts'
import { initialWorkbench } from '../../ui/state/reduce/initial-workbench.ts'
import { reduceRoot } from '../../ui/state/reduce/root.ts'
import type { RootState } from '../../ui/state/state.ts'
import { listConfigFiles } from '../../ui/theme/config-files.ts'
import { helpPlace, helpRows } from '../../ui/view/panes/help.ts'
import type { Row } from '../../ui/view/render/row.ts'
import type { Input, MouseInput } from '../../ui/view/types.ts'
import { type ViewOptions, view } from '../../ui/view/view.ts'
import { screen, styles } from '../ui/view/panes/scene.ts'
import type { ScriptedAnswer } from './model-endpoint.ts'
import { type DeskOptions, openDesk, type SessionDesk } from './session.ts'

/** The workbench without a terminal: a real session, real keys and commands, and the frame as text. */
export interface Desktop extends SessionDesk {
  readonly root: Store<RootState, SessionEvent | WorkbenchEvent>
  /** The effects of commands outside the store: `theme light`, `quit`. */
  readonly done: readonly string[]
  /** What the user does in the external editor. */
  edits: (text: string) => Promise<string>
  types(text: string): Desktop
  /** Stops the clock until it is called with false, so that no time passes between keys. */
  freezes(frozen: boolean): Desktop
  /** Presses keys in the notation of keymaps. */
  presses(...keys: readonly string[]): Desktop
  mouse(input: MouseInput): void
  screen(): string
  /** The conversations of the shown session, with what the workbench adds when one is opened. */
  conversations(): ConversationsPort
  /** Waits until the screen shows the text or matches the expression. */
  sees(wanted: string | RegExp): Promise<string>
  seesNoMore(text: string): Promise<string>
  /** Ends the sessions, as the program does when it is left. */
  ends(): Promise<void>
}

const SIZE = { columns: 120, rows: 36 }

export async function openDesktop(
  turns: readonly ScriptedAnswer[] = [],
  options: DeskOptions = {},
): Promise<Desktop> {
  const root = createStore<RootState, SessionEvent | WorkbenchEvent>(
    { session: emptySession('', 0), workbench: initialWorkbench(SIZE, 0, 'dark') },
    reduceRoot,
  )
  const facts = createSessionStore(root, true)
  const desk = await openDesk(turns, { ...options, store: () => facts })
  const done: string[] = []
  // Each reading of the clock is a second later, so that no key is too early after the question that it answers.
  let ahead = 0
  let frozenAt: number | null = null
  const now = (): number => {
    if (frozenAt !== null) return frozenAt
    ahead += 1000
    return Date.now() + ahead
  }
  const helpPage = (columns: number): readonly Row[] =>
    helpRows({ keymap, commands: runner.commands }, helpPlace(root.state), columns, styles)
  let opened = 0
  const sessions = createSessions({
    root,
    options: desk.options,
    store: facts,
    open: (wanted, store) => (opened++ === 0 ? desk.session : desk.open(wanted, store)),
  })
  const runner = createCommandRunner({
    root,
    now,
    get session() {
      return sessions.current
    },
    showNextConversation: () => sessions.showNext(),
    renderOptions: () => ({ styles, formatter: null }),
    presenter: () => message,
    helpRows: helpPage,
    edit: async (text) => desktop.edits(text),
    editFile: async (file, line) => void done.push(`edit ${file}:${line}`),
    page: async (text) => void done.push(`page ${text}`),
    copy: async (text) => {
      done.push(`copy ${text}`)
      return 'terminal'
    },
    frame: () => view(root.state, viewOptions),
    setMouse: (on) => void done.push(`mouse ${on}`),
    suspend: () => void done.push('suspend'),
    repaint: () => void done.push('repaint'),
    setTheme: async (name) => void done.push(`theme ${name}`),
    setKeymap: async (name) => void done.push(`keymap ${name}`),
    configFiles: (kind) => listConfigFiles(kind, path.join(desk.home, '.letta')),
    quit: (_, next) => void done.push(next === undefined ? 'quit' : `quit for ${next}`),
  })
  const { keymap } = parseKeymap(
    shipped('keymaps/default.json'),
    'default',
    () => ({}),
    runner.commands.map(({ id }) => id),
  )
  const message = createMessagePresenter(keymap, runner.commands)
  const keys = createKeyDispatcher({
    keymap,
    state: () => root.state,
    run: runner.run,
    type: (text) => typeText(root, text, now(), keymap.contexts.approval),
  })
  const viewOptions: ViewOptions = {
    styles,
    formatter: null,
    key: (command) => hintKey(keymap, root.state, command),
    ownKeys: () => ownKeys(keymap, root.state).filter(({ command }) => runner.isAvailable(command)),
    message,
    helpRows: helpPage,
  }
  const mouse = (input: MouseInput): void =>
    runner.perform((context) => handleMouse(context, input))
  const take = (input: Input): void => handleInput(input, { root, keys, mouse })
  const shown = (): string => screen(view(root.state, viewOptions))
  const until = (pleases: (text: string) => boolean): Promise<string> =>
    root.when(() => {
      const text = shown()
      return pleases(text) ? text : undefined
    })
  const desktop: Desktop = {
    ...desk,
    root,
    done,
    edits: async (text) => text,
    freezes(frozen) {
      frozenAt = frozen ? root.state.workbench.now : null
      return desktop
    },
    types(text) {
      for (const character of text) take({ type: 'text', text: character })
      return desktop
    },
    presses(...strokes) {
      for (const stroke of strokes) {
        take({ type: 'key', key: keyOf(stroke) })
        root.dispatch({ type: 'tick', at: now() })
      }
      return desktop
    },
    mouse: take,
    screen: shown,
    conversations: () => sessions.current.conversations,
    sees: (wanted) =>
      until((text) => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text))),
    seesNoMore: (text) => until((all) => !all.includes(text)),
    ends: () => sessions.close(),
    async close() {
      await stopDrafts()
      await desk.close()
    },
  }
  const stopDrafts = startMemoryDraftSaver({
    root,
    memory: () => sessions.current.memory,
    report: (problem) => desk.session.notify('warning', problem),
  })
  refreshMemoryOnFocus(root, () => sessions.current.memory)
  refreshChangesOnFocus(root, () => sessions.current.changes)
  compareSelectedChange(root, () => sessions.current.changes)
  startConversationsLoader(root, () => sessions.current.conversations)
  startFinding(root, runner.perform)
  reportLeftAnswers(root)
  startMemoryPageLoader(root, () => sessions.current.memory)
  const findPrompts = createPromptLoader({
    root,
    home: desk.home,
    lettaDirectory: lettaDirectoryOf(desk.home),
    directory: desk.project,
    commands: runner.commands,
    report: (problem) => desk.session.notify('warning', problem),
  })
  startCompletion({
    root,
    commands: () => runner.commands,
    choices: runner.choices,
    refreshPrompts: findPrompts,
    findFiles: createFileSearch(desk.project, now),
  })
  startAttachmentInspector(root, () => sessions.current.attachments, 0)
  await desk.session.opened.catch((thrown: unknown) => {
    if (!(thrown instanceof NoModel)) throw thrown
  })
  await findPrompts()
  return desktop
}

function shipped(file: string): unknown {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, '../..', file), 'utf8'))
}

function keyOf(stroke: string) {
  const parts = stroke.split('+')
  const has = (modifier: string): boolean => parts.slice(0, -1).includes(modifier)
  return { name: parts.at(-1) ?? '', ctrl: has('ctrl'), alt: has('alt'), shift: has('shift') }
}
