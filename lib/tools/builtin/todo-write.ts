import * as z from 'zod'
import { TODOS_SAVED, todosDone } from '../messages/plans.ts'
import type { Tool } from '../tool.ts'

const STATUSES = ['pending', 'in_progress', 'completed'] as const

const text = (wanted: string): z.ZodString => z.string(wanted).min(1, wanted)

const parameters = z.object({
  todos: z
    .array(
      z.object({
        content: text('Each todo must have a content string').describe('Task description'),
        status: z.enum(
          STATUSES,
          'Each todo must have a valid status (pending, in_progress, or completed)',
        ),
        id: text('Each todo must have an id string').describe('Stable identifier'),
        priority: z
          .enum(['high', 'medium', 'low'], 'If provided, priority must be high, medium, or low')
          .optional(),
      }),
      'todos must be an array',
    )
    .describe('Full list (replaces the previous one)'),
})

export const todoWrite: Tool<z.infer<typeof parameters>> = {
  name: 'TodoWrite',
  access: 'read',
  description:
    'Maintains a task list, which the user sees. Use it for work of three steps or more; have one todo in_progress and mark each completed as soon as it is.',
  parameters,
  label: ({ todos }) => {
    const done = todos.filter(({ status }) => status === 'completed').length
    return todosDone(done, todos.length)
  },
  subject: () => ({ type: 'nothing' }),
  preview: async ({ todos }) => ({
    type: 'todos',
    todos: todos.map(({ content, status }) => ({ content, status })),
  }),
  run: async () => ({
    status: 'success',
    text: TODOS_SAVED,
  }),
}
