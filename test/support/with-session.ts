import type { ScriptedAnswer } from './model-endpoint.ts'
import { type DeskOptions, openDesk, type SessionDesk } from './session.ts'

/** The session of the current test. */
export interface SessionFixture extends SessionDesk {
  /** Opens a session whose model gives these answers, and closes the one that this test has opened before. */
  start(answers?: readonly ScriptedAnswer[], options?: DeskOptions): Promise<void>
}

/** A session for each test of the group, from `start` to the end of the test. */
export function withSession(): SessionFixture {
  let opened: SessionDesk | null = null
  const close = async (): Promise<void> => {
    await opened?.close()
    opened = null
  }
  afterEach('closes the session', close)
  const current = (): SessionDesk => {
    if (opened === null) throw new Error('The test has not started the session.')
    return opened
  }
  return {
    async start(answers, options) {
      await close()
      opened = await openDesk(answers, options)
    },
    close,
    get session() {
      return current().session
    },
    get endpoint() {
      return current().endpoint
    },
    get options() {
      return current().options
    },
    get project() {
      return current().project
    },
    get home() {
      return current().home
    },
    settled: (turns) => current().settled(turns),
    says: (text) => current().says(text),
    asks: (count) => current().asks(count),
    again: (options) => current().again(options),
    open: (options, store) => current().open(options, store),
    read: (file) => current().read(file),
    write: (file, text) => current().write(file, text),
    settings: (where, name) => current().settings(where, name),
  }
}
