import { needsIdleAgent } from '../../lib/commands/session-command.ts'
import { UserError } from '../../lib/util/user-error.ts'
import {
  NO_SUMMARY,
  SUMMARY_CHANGED,
  SUMMARY_PAGE,
  SUMMARY_UNCHANGED,
  summaryEditHint,
} from '../messages/conversations.ts'
import { openPage } from './open-overlay.ts'
import { flash, type WorkbenchCommand } from './workbench-command.ts'

/** The summary that takes the place of older messages. */
export const SUMMARY_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'conversation.summary',
    argument: { name: 'edit', required: false },
    choices: () => [{ id: 'edit', title: 'edit', detail: SUMMARY_PAGE.editHint, current: false }],
    unavailable: ({ session }) => needsIdleAgent(session),
    async run(context, argument) {
      const { conversations } = context.session
      const summary = await conversations.summary()
      if (summary === null) throw new UserError(NO_SUMMARY)
      if (argument.trim() !== 'edit') {
        return openPage(context, SUMMARY_PAGE.title, [
          { type: 'fact', name: '', value: summary.text },
          { type: 'text', text: '' },
          {
            type: 'text',
            text: `${SUMMARY_PAGE.editHint} ${context.presenter()(summaryEditHint())}`,
          },
        ])
      }
      const text = (await context.edit(summary.text, 'summary.md')).trim()
      if (text === '' || text === summary.text.trim()) return flash(context, SUMMARY_UNCHANGED)
      await conversations.setSummary(summary.id, text)
      context.session.notify('info', SUMMARY_CHANGED)
    },
  },
]
