import { approval } from './approval.ts'
import { changes } from './changes.ts'
import { composer } from './composer.ts'
import { conversation } from './conversation.ts'
import { conversations } from './conversations.ts'
import { header } from './header.ts'
import { jobs } from './jobs.ts'
import { memory } from './memory.ts'
import type { Pane } from './pane.ts'
import { skills } from './skills.ts'
import { status } from './status.ts'
import { tasks } from './tasks.ts'
import { tour } from './tour.ts'

export const PANES: readonly Pane[] = [
  header,
  conversation,
  tasks,
  memory,
  changes,
  skills,
  jobs,
  conversations,
  approval,
  tour,
  composer,
  status,
]
