import type { MessagePresenter } from '../../input/workbench-message.ts'
import type { PaneId, RootState } from '../../state/state.ts'
import type { RenderOptions } from '../render/formatter.ts'
import type { Row } from '../render/row.ts'
import type { CaretPosition, Size } from '../types.ts'

/** What panes are drawn with. */
export interface PaneOptions extends RenderOptions {
  /** The key of a command, for hints; null when it has none. */
  key(command: string): string | null
  /** Writes what a message of `lib/` refers to; another one when the keymap changes. */
  readonly message: MessagePresenter
}

export interface PaneView {
  /** At most `size.rows`; each fits the columns. */
  readonly rows: readonly Row[]
  /** In the pane's own cells. */
  readonly caret?: CaretPosition
  /** Right end of the title: how many, how far. */
  readonly note?: string
}

export interface Pane {
  readonly id: PaneId
  title(state: RootState): string
  render(state: RootState, size: Size, options: PaneOptions): PaneView
}
