import type { Command } from '../../lib/commands/command.ts'
import type { SessionEvent } from '../../lib/session/events.ts'
import type { Session } from '../../lib/session/session.ts'
import { pendingApprovals } from '../../lib/session/state/selectors.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import type { Store } from '../../lib/store.ts'
import type { MessagePresenter } from '../input/workbench-message.ts'
import { NO_PENDING_APPROVALS } from '../messages/approvals.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import type { ConfigKind } from '../messages/config-files.ts'
import { undoNeedsIdle } from '../messages/undo.ts'
import type { WorkbenchEvent } from '../state/events.ts'
import type { RootState } from '../state/state.ts'
import type { ConfigFileName } from '../theme/config-files.ts'
import type { RenderOptions } from '../view/render/formatter.ts'
import type { Row } from '../view/render/row.ts'
import type { Frame } from '../view/types.ts'

/** What has taken a copied text: the terminal (OSC 52), or a program, by its name. */
export type CopyMethod = 'terminal' | { readonly program: string }

/** What is started in place of the workbench. */
export type NextProgram = 'demo'

/** What a command can use and change. */
export interface WorkbenchContext {
  readonly root: Store<RootState, SessionEvent | WorkbenchEvent>
  readonly session: Session
  /** Shows another conversation that is running or has a new answer; false when there is none. */
  showNextConversation(): boolean
  renderOptions(): RenderOptions
  /** How messages are drawn: rows are laid out once for each presenter. */
  presenter(): MessagePresenter
  /** The help page, generated from the tables of keys and commands. */
  helpRows(columns: number): readonly Row[]
  /** The commands of the workbench, the session and the prompt files. */
  readonly commands: readonly ListedCommand[]
  /** Runs another command by its id. */
  run(command: string, argument?: string): void
  /** Opens the text in the user's editor. Resolves with the saved text. */
  edit(text: string, name: string): Promise<string>
  /** Opens a file in the user's editor, at a line (from 1). The path may be relative to the directory of the session. */
  editFile(path: string, line: number | null): Promise<void>
  /** Shows text in the user's pager. */
  page(text: string): Promise<void>
  /** Copies text to the clipboard. Null when it is too long for the terminal, and no clipboard program has taken it. */
  copy(text: string): Promise<CopyMethod | null>
  /** The screen as it is drawn now. */
  frame(): Frame
  /** Turns the mouse of the terminal on or off. */
  setMouse(on: boolean): void
  suspend(): void
  repaint(): void
  /** Rejects with a `UserError` when there is no theme of this name. */
  setTheme(name: string): Promise<void>
  setKeymap(name: string): Promise<void>
  /** The themes or keymaps that can be chosen. */
  configFiles(kind: ConfigKind): Promise<readonly ConfigFileName[]>
  now(): number
  /** `lines`: printed after the terminal is restored. */
  quit(lines?: readonly string[], next?: NextProgram): void
}

export interface ListedCommand {
  readonly id: string
  readonly title: string
  readonly slash: string | null
  readonly argument: { readonly name: string; readonly required: boolean } | null
  readonly hidden: boolean
  /** Where a prompt file comes from; null for a built-in command. */
  readonly source: string | null
  unavailable(): string | null
}

/** A command without its title, which is in `ui/messages/commands.ts`. */
export interface WorkbenchCommand
  extends Omit<Command<RootState, WorkbenchContext>, 'id' | 'title'> {
  readonly id: WorkbenchCommandId
}

export function needsPendingApproval(session: SessionState): string | null {
  return pendingApprovals(session).length === 0 ? NO_PENDING_APPROVALS : null
}

/** Files and messages are not undone while a turn runs. */
export function needsIdle({ session }: Pick<RootState, 'session'>): string | null {
  return session.turn.type === 'running' ? undoNeedsIdle() : null
}

/** Shows a line that replaces the status line until the next key. */
export function flash(
  { root }: Pick<WorkbenchContext, 'root'>,
  text: string,
  level: 'info' | 'warning' = 'info',
): void {
  root.dispatch({ type: 'flash.shown', level, text })
}
