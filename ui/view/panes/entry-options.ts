import type { MessagePresenter } from '../../input/workbench-message.ts'
import type { Styles } from '../../theme/styles.ts'

/** What the rows of an entry depend on, beside the entry itself. */
export interface EntryLook {
  readonly columns: number
  readonly styles: Styles
  readonly message: MessagePresenter
  /** Shown whole. */
  readonly expanded: boolean
  /** Still growing. */
  readonly live: boolean
}
