import type { ShellEvent, ShellManager } from '../tools/process/shell-manager.ts'
import type { SessionEvent } from './events.ts'
import type { Services } from './services.ts'

/** Dispatches the events of background shells to the store. */
export function reportJobs({ store }: Pick<Services, 'store'>, shells: ShellManager): void {
  shells.subscribe((news) => store.dispatch(toEvent(news)))
}

function toEvent(news: ShellEvent): SessionEvent {
  switch (news.type) {
    case 'started': {
      const { id, command, startedAt } = news.shell
      return { type: 'job.started', jobId: id, command, at: startedAt }
    }
    case 'output':
      return { type: 'job.output', jobId: news.id, text: news.text }
    case 'exited': {
      const { id, status } = news.shell
      const { code = null, signal = null } = status.type === 'exited' ? status : {}
      return { type: 'job.exited', jobId: id, code, signal }
    }
  }
}
