import { resolve as resolvePath } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { UnknownAgent } from '../../lib/client/gateway/known-agent.ts'
import { shownLettaDirectory } from '../../lib/fs/letta-directory.ts'
import type { SessionEvent } from '../../lib/session/events.ts'
import { NoModel } from '../../lib/session/no-model.ts'
import type { SessionOptions } from '../../lib/session/services.ts'
import type { Session } from '../../lib/session/session.ts'
import type { Delivery } from '../../lib/session/state/queue.ts'
import { emptySession, type SessionState } from '../../lib/session/state/session-state.ts'
import { createStore } from '../../lib/store.ts'
import { editInEditor, openInEditor, showInPager } from '../../lib/tools/process/text-editor.ts'
import { suggestionHint } from '../../lib/util/did-you-mean.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { chooseReplacementAgent } from '../commands/agents.ts'
import { isSlash, submit } from '../commands/composer.ts'
import { chooseAccount } from '../commands/connect.ts'
import { handleMouse } from '../commands/mouse.ts'
import { reportLimits } from '../commands/rules.ts'
import type { NextProgram } from '../commands/workbench-command.ts'
import { handleInput, typeText } from '../input/input-router.ts'
import { hintKey, ownKeys } from '../input/key-contexts.ts'
import { createKeyDispatcher } from '../input/key-dispatch.ts'
import { hasModes, type ParsedKeymap } from '../input/keymap.ts'
import { loadKeymap } from '../input/keymap-loader.ts'
import { createMessagePresenter } from '../input/workbench-message.ts'
import { type ConfigKind, configFileNotFound } from '../messages/config-files.ts'
import { keyContinuations, pasteRefused } from '../messages/program.ts'
import type { WorkbenchEvent } from '../state/events.ts'
import { pastesIn } from '../state/pastes.ts'
import { initialWorkbench } from '../state/reduce/initial-workbench.ts'
import { reduceRoot } from '../state/reduce/root.ts'
import type { RootState } from '../state/state.ts'
import { INSERT_MODE } from '../state/vim.ts'
import { openTerminal, type Terminal } from '../terminal/terminal.ts'
import type { Toolkit } from '../terminal/toolkit.ts'
import { listConfigFiles } from '../theme/config-files.ts'
import type { Theme } from '../theme/theme.ts'
import { AUTOMATIC_THEME, createAppearance, loadTheme } from '../theme/theme-loader.ts'
import { helpPlace, helpRows } from '../view/panes/help.ts'
import { type Formatter, loadFormatter } from '../view/render/formatter.ts'
import type { Row } from '../view/render/row.ts'
import type { MouseInput } from '../view/types.ts'
import { type ViewOptions, view } from '../view/view.ts'
import { startAttachmentInspector } from './attachment-inspector.ts'
import { type NotificationSetting, startAttention } from './attention.ts'
import { compareSelectedChange } from './changes-comparison.ts'
import { refreshChangesOnFocus } from './changes-refresh.ts'
import { copyText } from './clipboard.ts'
import { commandIds } from './command-list.ts'
import { createCommandRunner } from './command-runner.ts'
import { createFileSearch, startCompletion } from './completion-controller.ts'
import { startConversationsLoader } from './conversations-loader.ts'
import { unansweredLines } from './exit-summary.ts'
import { startFinding } from './find-typed.ts'
import { refreshGitOnFocus } from './git-refresh.ts'
import { reportLeftAnswers } from './left-answers.ts'
import { startMemoryDraftSaver } from './memory-draft-saver.ts'
import { startMemoryPageLoader } from './memory-page-loader.ts'
import { refreshMemoryOnFocus } from './memory-refresh.ts'
import { startMessageDraftSaver } from './message-draft-saver.ts'
import { openMessageDrafts } from './message-drafts.ts'
import { openMessageHistory } from './message-history.ts'
import { createPendingSession } from './pending-session.ts'
import { createPromptLoader } from './prompt-loader.ts'
import { type RootStore, startRenderScheduler } from './render-scheduler.ts'
import { warmReview } from './review-warming.ts'
import { createSessionStore } from './session-store.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { startThemePreview } from './theme-preview.ts'
import { startThumbnails } from './thumbnails.ts'
import { promptForTrust } from './trust-prompt.ts'

interface WorkbenchOptions {
  readonly session: SessionOptions
  readonly firstPrompt: string | null
  readonly theme: Theme
  readonly keymap: ParsedKeymap
  /** True: answers are shown while they are written; false: when they are complete. */
  readonly streaming: boolean
  readonly mouse: boolean
  readonly images?: boolean
  /** The share of the side column that the user has set; null for that of its contents. */
  readonly sideColumn: number | null
  /** When a message arrives that is sent while the agent works. */
  readonly delivery: Delivery
  readonly notifications: NotificationSetting
  readonly toolkit: Toolkit
  /** Of the user, also in a demo. */
  readonly lettaDirectory: string
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
  readonly environment: Readonly<Record<string, string | undefined>>
  now(): number
}

interface Workbench {
  readonly terminal: Terminal
  /** Resolves when the user quits; the terminal is restored by then. */
  readonly closed: Promise<void>
  state(): RootState
  /** The state of each session, the shown one as well. */
  sessions(): readonly SessionState[]
  /** Lines to print after quitting, such as what signing out has removed. */
  exitLines(): readonly string[]
  /** What the user has chosen to start in place of the workbench. */
  next(): NextProgram | null
  /** Stores what was typed last, for an end without quitting. Resolves after a moment in any case. */
  storeDrafts(): Promise<void>
}

/** Draws first; the modules of the session are loaded after the first frame. */
export function openWorkbench(options: WorkbenchOptions): Workbench {
  const { now, environment, lettaDirectory } = options
  const root = createRoot(options)
  const appearance = createAppearance(options.theme, environment)
  const firstStore = createSessionStore(root, true)
  let sessionIsOpen = (_: Session): void => undefined
  const pending = createPendingSession(
    firstStore,
    new Promise((resolve) => {
      sessionIsOpen = resolve
    }),
  )
  let sessions: Sessions | null = null
  const session = {
    get current(): Session {
      return sessions?.current ?? pending
    },
  }
  let formatter: Formatter | null = null
  const helpPage = (columns: number): readonly Row[] =>
    helpRows(
      { keymap, commands: runner.commands },
      helpPlace(root.state),
      columns,
      appearance.styles,
    )
  const runner = createCommandRunner({
    root,
    now,
    get session() {
      return session.current
    },
    showNextConversation: () => sessions?.showNext() ?? false,
    renderOptions: () => viewOptions,
    presenter: () => message,
    helpRows: helpPage,
    edit: (text, name) => terminal.detach(() => editInEditor(text, name, environment)),
    editFile: (file, line) =>
      terminal.detach(() =>
        openInEditor(resolvePath(options.session.directory, file), line, environment),
      ),
    page: (text) => terminal.detach(() => showInPager(text, environment)),
    copy: (text) =>
      copyText(text, {
        environment,
        platform: process.platform,
        sendToTerminal: (sent) => terminal.copy(sent),
      }),
    frame: () => view(root.state, viewOptions),
    setMouse: (on) => terminal.setMouse(on),
    suspend: () => terminal.suspend(),
    repaint: () => terminal.repaint(),
    async setTheme(name) {
      preview.choose()
      if (name !== AUTOMATIC_THEME) await checkName('themes', name, lettaDirectory)
      await showTheme(name)
    },
    async setKeymap(name) {
      await checkName('keymaps', name, lettaDirectory)
      const loaded = await loadKeymap(name, lettaDirectory, commandIds())
      keymap = loaded.keymap
      message = createMessagePresenter(keymap, runner.commands, shownDirectory)
      reportProblems(loaded.problems)
      root.dispatch({ type: 'keymap.changed', name, hasModes: hasModes(keymap) })
    },
    configFiles: (kind) => listConfigFiles(kind, lettaDirectory),
    quit(lines = [], next) {
      exitLines = lines
      nextProgram = next ?? null
      void quit()
    },
  })
  const shownDirectory = shownLettaDirectory(options.session)
  let { keymap } = options.keymap
  let message = createMessagePresenter(keymap, runner.commands, shownDirectory)
  const keys = createKeyDispatcher({
    get keymap() {
      return keymap
    },
    state: () => root.state,
    run: runner.run,
    type: (text, continues) => typeText(root, text, now(), keymap.contexts.approval, continues),
    refuse(text) {
      if (text === '') return
      const refused = pasteRefused(hintKey(keymap, root.state, 'focus.composer'))
      root.dispatch({ type: 'flash.shown', level: 'warning', text: refused })
    },
    begin(strokes, next) {
      const titles = new Map(runner.commands.map(({ id, title }) => [id, title]))
      const named = next.map(([keys, command]) => [keys, titles.get(command) ?? command] as const)
      const text = keyContinuations(strokes.join(' '), named)
      root.dispatch({ type: 'flash.shown', level: 'info', text, next: named })
    },
  })
  // The same object for each frame: what does not change is drawn once with its functions.
  const viewOptions: ViewOptions = {
    get styles() {
      return appearance.styles
    },
    get formatter() {
      return root.state.workbench.formatterLoaded ? formatter : null
    },
    get message() {
      return message
    },
    key: (command) => hintKey(keymap, root.state, command),
    ownKeys: () => ownKeys(keymap, root.state).filter(({ command }) => runner.isAvailable(command)),
    helpRows: helpPage,
  }
  const mouse = (input: MouseInput): void =>
    runner.perform((context) => handleMouse(context, input))
  const terminal = openTerminal({
    input: options.input,
    output: options.output,
    environment,
    toolkit: options.toolkit,
    mouse: options.mouse,
    images: options.images ?? true,
    view: () => view(root.state, viewOptions),
    onBackground() {
      if (root.state.workbench.theme === AUTOMATIC_THEME) void showTheme(AUTOMATIC_THEME)
    },
    onInput: (input) => handleInput(input, { root, keys, mouse }),
  })
  const refreshPrompts = createPromptLoader({
    root,
    home: options.session.home,
    lettaDirectory: options.session.lettaDirectory,
    directory: options.session.directory,
    commands: runner.commands,
    report: (problem) => reportProblems([problem]),
  })
  startCompletion({
    root,
    commands: () => runner.commands,
    choices: runner.choices,
    refreshPrompts,
    findFiles: createFileSearch(options.session.directory, now),
  })
  startAttachmentInspector(root, () => session.current.attachments)
  startThumbnails(
    root,
    () => session.current.attachments,
    () => terminal,
  )
  const { demo, directory } = options.session
  // The demo saves nothing.
  const history = demo ? null : openMessageHistory(lettaDirectory, directory)
  root.subscribe((_, event) => {
    if (!isRecorded(event)) return
    const pastes = pastesIn(event.text, root.state.workbench.pastes)
    history?.add(
      event.text,
      pastes.map((paste) => paste.text),
    )
  })
  const messageDrafts = demo
    ? null
    : startMessageDraftSaver({
        root,
        drafts: openMessageDrafts(lettaDirectory, directory, now),
        report: (problem) => reportProblems([problem]),
      })
  const stopFollowing = startRenderScheduler(root, terminal, now)
  startAttention(root, terminal, options.notifications)
  warmReview(root, (state) => view(state, viewOptions))
  const preview = startThemePreview(root, showTheme)
  const stopDrafts = startMemoryDraftSaver({
    root,
    memory: () => session.current.memory,
    report: (problem) => reportProblems([problem]),
  })
  startFinding(root, runner.perform)
  reportLeftAnswers(root)
  refreshMemoryOnFocus(root, () => session.current.memory)
  refreshChangesOnFocus(root, () => session.current.changes)
  startMemoryPageLoader(root, () => session.current.memory)
  startConversationsLoader(root, () => session.current.conversations)
  refreshGitOnFocus(root, () => session.current.git)
  compareSelectedChange(root, () => session.current.changes)
  let end = (): void => undefined
  const closed = new Promise<void>((resolve) => {
    end = resolve
  })
  let isQuitting = false

  let exitLines: readonly string[] = []
  let nextProgram: NextProgram | null = null

  async function quit(): Promise<void> {
    if (isQuitting) return
    isQuitting = true
    // Closing a session cancels its turn.
    exitLines = [...unansweredLines(sessions?.states() ?? [root.state.session]), ...exitLines]
    // What was chosen last, such as a theme, is checked and then saved.
    await withinTime(runner.settled(), SETTLING_MS)
    await withinTime(Promise.all([stopDrafts(), messageDrafts?.stop()]), CLOSING_MS)
    await withinTime(Promise.all([sessions?.close(), history?.saved()]), CLOSING_MS)
    stopFollowing()
    terminal.leave()
    end()
  }

  async function showTheme(name: string): Promise<void> {
    const theme = await loadTheme(name, lettaDirectory, terminal.background)
    appearance.setTheme(theme)
    reportProblems(theme.problems)
    root.dispatch({ type: 'theme.changed', name })
  }

  async function begin(): Promise<void> {
    reportProblems([...options.theme.problems, ...options.keymap.problems])
    // Keys that were typed before the first frame are read and shown before anything else is loaded.
    for (let turn = 0; turn < 3; turn++) await nextTurn()
    void history?.load().then((found) => root.dispatch({ type: 'history.restored', ...found }))
    const { openSession } = await import('../../lib/session/session.ts')
    await nextTurn()
    sessions = createSessions({
      root,
      options: options.session,
      store: firstStore,
      open: openSession,
    })
    sessionIsOpen(session.current)
    const { firstPrompt } = options
    const isCommand = firstPrompt !== null && isSlash(firstPrompt)
    if (firstPrompt !== null && !isCommand) session.current.turns.send(firstPrompt)
    await session.current.opened.catch((thrown: unknown) => {
      if (!(thrown instanceof NoModel)) reportOpenError(session.current, thrown)
      if (thrown instanceof UnknownAgent) runner.perform(chooseReplacementAgent)
      else if (thrown instanceof NoModel && isUntouched(root.state)) runner.perform(chooseAccount)
    })
    reportLimits(session.current)
    promptForTrust(root, options.session, now())
    formatter = await loadFormatter()
    root.dispatch({ type: 'formatter.loaded' })
    if (isCommand) await runFirst(firstPrompt)
  }
  /** Runs the command of the command line once the agent is open, the prompt files are read and no dialog is open. */
  async function runFirst(command: string): Promise<void> {
    await refreshPrompts()
    await root.when(({ workbench }) => (workbench.overlay === null ? true : undefined))
    runner.perform((context) => submit(context, command, 'step'))
  }
  function reportProblems(found: readonly string[]): void {
    for (const problem of found) session.current.notify('warning', problem)
  }
  setImmediate(() => void begin())
  return {
    terminal,
    closed,
    state: () => root.state,
    sessions: () => sessions?.states() ?? [root.state.session],
    exitLines: () => exitLines,
    next: () => nextProgram,
    storeDrafts: () => withinTime(Promise.all([stopDrafts(), messageDrafts?.store()]), STORING_MS),
  }
}

/** Whether a dialog takes nothing away from the person. */
function isUntouched({ workbench, session }: RootState): boolean {
  const { overlay, composer } = workbench
  return overlay === null && composer.text === '' && session.queue.length === 0
}

/** Whether the text is out of the message, and is found in the history from now on. */
function isRecorded(
  event: SessionEvent | WorkbenchEvent,
): event is Extract<
  WorkbenchEvent,
  { type: 'composer.sent' | 'composer.cleared' | 'history.added' }
> {
  const { type } = event
  return type === 'composer.sent' || type === 'composer.cleared' || type === 'history.added'
}

/** How long closing the session may take before the terminal is restored in any case. */
const CLOSING_MS = 3000

/** How long commands may take to end before the session is closed: some wait for a model or for a person. */
const SETTLING_MS = 250

/** How long what was typed last may take to store when a signal ends the program. */
const STORING_MS = 300

function createRoot(options: WorkbenchOptions): RootStore {
  const { columns, rows } = options.output
  const viewport = { columns: columns || 80, rows: rows || 24 }
  const at = options.now()
  return createStore<RootState, SessionEvent | WorkbenchEvent>(
    {
      session: emptySession(options.session.directory, at),
      workbench: {
        ...initialWorkbench(viewport, at, options.theme.name),
        keymap: options.keymap.keymap.name,
        vim: hasModes(options.keymap.keymap) ? INSERT_MODE : null,
        streaming: options.streaming,
        mouse: options.mouse,
        ...sideColumnOf(options.sideColumn),
        delivery: options.delivery,
      },
    },
    reduceRoot,
  )
}

function sideColumnOf(share: number | null): Partial<RootState['workbench']> {
  return share === null ? {} : { sideShare: share, hasOwnSideShare: true }
}

async function checkName(kind: ConfigKind, name: string, lettaDirectory: string): Promise<void> {
  const names = (await listConfigFiles(kind, lettaDirectory)).map((file) => file.name)
  if (names.includes(name)) return
  throw new UserError(configFileNotFound(kind, name), { hint: suggestionHint(name, names) })
}

async function withinTime(work: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  await Promise.race([work, limit])
  clearTimeout(timer)
}

function reportOpenError(session: Session, thrown: unknown): void {
  if (!(thrown instanceof UserError)) throw thrown
  session.notify('error', thrown.message, thrown.hint)
}
