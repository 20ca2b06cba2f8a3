import * as z from 'zod'
import type { Tool } from '../tool.ts'

const STATUSES = ['pending', 'in_progress', 'completed'] as const

const text = (wanted: string): z.ZodString => z.string(wanted).min(1, wanted)

const parameters = z.object({
  todos: z
    .array(
      z.object({
        content: text('Each todo must have a content string').describe('What is to be done'),
        status: z.enum(
          STATUSES,
          'Each todo must have a valid status (pending, in_progress, or completed)',
        ),
        id: text('Each todo must have an id string').describe('Stable while the list changes'),
        priority: z
          .enum(['high', 'medium', 'low'], 'If provided, priority must be high, medium, or low')
          .optional(),
      }),
      'todos must be an array',
    )
    .describe('The whole list; it replaces the one before'),
})

export const todoWrite: Tool<z.infer<typeof parameters>> = {
  name: 'TodoWrite',
  access: 'read',
  description:
    'Keeps a list of what is to be done, which the user sees. Use it for work of three steps or more; keep one todo in_progress and mark each completed as soon as it is.',
  parameters,
  label: ({ todos }) => {
    const done = todos.filter(({ status }) => status === 'completed').length
    return `${done} of ${todos.length} done`
  },
  subject: () => ({ type: 'nothing' }),
  preview: async ({ todos }) => ({
    kind: 'todos',
    todos: todos.map(({ content, status }) => ({ content, status })),
  }),
  run: async () => ({
    status: 'success',
    text: 'Todos have been modified successfully. Ensure that you continue to use the todo list to track your progress. Please proceed with the current tasks if applicable',
  }),
}
