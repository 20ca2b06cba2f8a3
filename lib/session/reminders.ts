import { planReminder, skillsReminder } from '../prompts/index.ts'
import type { Services } from './services.ts'
import { skillsToSend } from './skills-block.ts'

/** The system reminders that go with messages. */
interface Reminders {
  /** The reminder for the message that is sent now; null for none. */
  next(): string | null
  /** A message that was not stored is sent again with its reminder. */
  turnEnded(): void
}

/** Plan mode is mentioned in each message, the list of skills once to an agent until it changes. */
export function createReminders(store: Services['store']): Reminders {
  let sent: string | null = null
  let before: string | null = null
  return {
    next() {
      const { mode, agent } = store.state
      const skills = skillsToSend(store.state)
      const key = skills && `${agent?.id} ${skills}`
      const isNew = skills !== null && key !== sent
      before = sent
      sent = key ?? sent
      const texts = [
        ...(mode === 'plan' ? [planReminder()] : []),
        ...(isNew ? [skillsReminder(skills)] : []),
      ]
      return texts.length === 0 ? null : texts.join('\n\n')
    },
    turnEnded() {
      const last = store.state.settled.findLast((entry) => entry.type === 'user')
      if (last?.type === 'user' && last.outcome !== 'kept') sent = before
    },
  }
}
