import type { OwnKey } from '../../input/key-contexts.ts'
import type { MessagePresenter } from '../../input/workbench-message.ts'
import type { PaneId, RootState } from '../../state/state.ts'
import type { RenderOptions } from '../render/formatter.ts'
import type { Row } from '../render/row.ts'
import type { CaretPosition, Size } from '../types.ts'

/** What panes are rendered with. */
export interface PaneOptions extends RenderOptions {
  /** The key of a command, for hints; null when it is not bound to one. */
  key(command: string): string | null
  /** The keys of the focused pane or dialog. */
  ownKeys(): readonly OwnKey[]
  /** Resolves the references in messages of `lib/`. A new presenter is created when the keymap changes. */
  readonly message: MessagePresenter
}

export interface PaneView {
  /** At most `size.rows`; each fits the columns. */
  readonly rows: readonly Row[]
  /** In cells of the pane. */
  readonly caret?: CaretPosition
  /** Count or scroll position, at the right end of the title. */
  readonly note?: string
}

export interface Pane {
  readonly id: PaneId
  title(state: RootState): string
  /** Whether it shows neither the text that streams in nor the time: it is drawn again only when something else has changed. */
  readonly isUnmoved?: true
  /** Whether it shows nothing of the message that is being written: a key there does not draw it again. */
  readonly isUntyped?: true
  /** Whether the title line warns. */
  isAlarming?(state: RootState): boolean
  render(state: RootState, size: Size, options: PaneOptions): PaneView
}
