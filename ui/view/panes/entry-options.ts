import type { Styles } from '../../theme/styles.ts'

/** What the rows of an entry depend on, beside the entry itself. */
export interface EntryLook {
  readonly columns: number
  readonly styles: Styles
  /** Shown whole. */
  readonly expanded: boolean
  /** Still growing. */
  readonly live: boolean
}
