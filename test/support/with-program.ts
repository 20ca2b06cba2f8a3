import type { ScriptedAnswer } from './model-endpoint.ts'
import { type ProgramFixture, setUpProgram } from './program.ts'

/** The project, home and model of the current test, with the programs that it has started. */
export interface CurrentProgram extends Omit<ProgramFixture, 'clear'> {
  /** Makes them for a model that gives these answers. */
  setUp(answers?: readonly ScriptedAnswer[]): Promise<void>
}

/** What a user has before they start letta, for each test of the group, from `setUp` to the end of the test. */
export function withProgram(): CurrentProgram {
  let made: ProgramFixture | null = null
  const clear = async (): Promise<void> => {
    await made?.clear()
    made = null
  }
  afterEach('ends the programs', clear)
  const current = (): ProgramFixture => {
    if (made === null) throw new Error('The test has not called setUp.')
    return made
  }
  return {
    async setUp(answers) {
      await clear()
      made = await setUpProgram(answers)
    },
    get project() {
      return current().project
    },
    get home() {
      return current().home
    },
    get model() {
      return current().model
    },
    read: (file) => current().read(file),
    write: (file, text) => current().write(file, text),
    opens: (options) => current().opens(options),
    starts: (args, options) => current().starts(args, options),
    runs: (args, options) => current().runs(args, options),
  }
}
