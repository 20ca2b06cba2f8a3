import { findPrompts } from '../../lib/prompts/user-prompts.ts'
import type { SessionEvent } from '../../lib/session/events.ts'
import type { Store } from '../../lib/store.ts'
import type { ListedCommand } from '../commands/workbench-command.ts'
import type { WorkbenchEvent } from '../state/events.ts'
import type { RootState } from '../state/state.ts'

interface PromptPorts {
  readonly root: Store<RootState, SessionEvent | WorkbenchEvent>
  readonly home: string
  readonly lettaDirectory: string
  /** Real path of the project. */
  readonly directory: string
  readonly commands: readonly ListedCommand[]
  /** Called once for each error. */
  report(problem: string): void
}

/**
 * Reads the prompt files of the user, and of the project while its directory is trusted, whenever the trust may have changed.
 * Returns the function that reads them again, because files may have changed.
 */
export function createPromptLoader(ports: PromptPorts): () => Promise<void> {
  const { root, home, lettaDirectory, directory } = ports
  const reported = new Set<string>()
  const find = async (): Promise<void> => {
    const taken = ports.commands.flatMap(({ slash, source }) =>
      slash === null || source !== null ? [] : [slash],
    )
    const project = root.state.session.trusted && directory !== home ? directory : null
    const { prompts, problems } = await findPrompts({ lettaDirectory, project, taken })
    if (JSON.stringify(prompts) !== JSON.stringify(root.state.workbench.prompts)) {
      root.dispatch({ type: 'prompts.found', prompts })
    }
    for (const problem of problems.filter((one) => !reported.has(one))) {
      reported.add(problem)
      ports.report(problem)
    }
  }
  root.subscribe((_, { type }) => {
    if (type === 'rules.loaded') void find()
  })
  return find
}
