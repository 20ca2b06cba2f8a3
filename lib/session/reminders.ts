import { planReminder, shellLineReminder, skillsReminder } from '../prompts/index.ts'
import type { Services } from './services.ts'
import { skillsToSend } from './skills-block.ts'
import type { SessionState } from './state/session-state.ts'
import type { Surroundings } from './surroundings/surroundings.ts'

/** The system reminders that go with messages. */
interface Reminders {
  /** The reminder for the message that is sent now; null for none. */
  next(): Promise<string | null>
  /** A message that was not stored is sent again with its reminder. */
  turnEnded(): void
}

/**
 * Where the agent is goes with the first message and when it has changed, plan mode is mentioned in each message, the list of skills once to an agent until it changes, the command lines of the user once
 * after they have ended.
 */
export function createReminders(store: Services['store'], surroundings: Surroundings): Reminders {
  let sent: string | null = null
  let before: string | null = null
  let sentLines: ReadonlySet<string> = new Set()
  let linesBefore = sentLines
  return {
    async next() {
      const place = await surroundings.next()
      const { mode, agent } = store.state
      const skills = skillsToSend(store.state)
      const key = skills && `${agent?.id} ${skills}`
      const isNew = skills !== null && key !== sent
      const lines = sharedLines(store.state).filter(({ id }) => !sentLines.has(id))
      before = sent
      sent = key ?? sent
      linesBefore = sentLines
      sentLines = new Set([...sentLines, ...lines.map(({ id }) => id)])
      const texts = [
        ...(place === null ? [] : [place]),
        ...(mode === 'plan' ? [planReminder()] : []),
        ...(isNew ? [skillsReminder(skills)] : []),
        ...lines.map(({ command, text, code }) => shellLineReminder(command, text, code)),
      ]
      return texts.length === 0 ? null : texts.join('\n\n')
    },
    turnEnded() {
      const last = store.state.settled.findLast((entry) => entry.type === 'user')
      const isStored = last?.type === 'user' && last.outcome === 'kept'
      surroundings.settle(isStored)
      if (last?.type !== 'user' || isStored) return
      sent = before
      sentLines = linesBefore
    },
  }
}

/** The command lines that have ended and that the agent may read, oldest first. */
function sharedLines({ settled, current }: SessionState) {
  return [...settled, ...current].flatMap((entry) => {
    if (entry.type !== 'shellLine' || !entry.isShared || entry.status.type !== 'finished') return []
    const { id, command, text, status } = entry
    return [{ id, command, text, code: status.code }]
  })
}
