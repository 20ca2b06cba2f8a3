import type { Settings } from '../../lib/settings/settings.ts'
import type { Printer } from './stderr.ts'

/** What is wrong with the files of settings: no session is there to tell it. */
export function tellProblems({ problems }: Settings, { tell }: Printer): void {
  for (const { message } of problems) tell(message)
}
