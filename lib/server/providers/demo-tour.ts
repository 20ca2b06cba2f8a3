import { modelSetupHints } from '../../models/setup-hints.ts'
import type { ModelTool } from './provider.ts'

/** What became of a call. */
export type TourOutcome =
  | { readonly type: 'done'; readonly text: string }
  | { readonly type: 'failed'; readonly text: string }
  | { readonly type: 'denied'; readonly reason: string | null }

/** A stop of the tour: a word before, one call, a word on what really came of it. */
export interface TourStop {
  readonly id: string
  readonly tool: string
  readonly thought: string
  readonly before: string
  args(tool: ModelTool): Readonly<Record<string, unknown>>
  after(outcome: TourOutcome): string
}

export const label = '**demo — not an AI**'

export const tour: readonly TourStop[] = [
  {
    id: 'readme',
    tool: 'Read',
    thought:
      'A real model would think here. The demo follows a script: first, look at the project.',
    before: `${label} · I am a script that plays one tour, so that you can see the workbench work. Everything else is real: the tools, the files, the approvals, the memory.

What you see is streamed markdown, with code in colour:

\`\`\`sh
letta            # opens this folder's agent, with all that it remembers
letta --new      # makes a new agent
letta -p "…"     # asks without a screen
\`\`\`

**1. Reading.** I read two files of this scratch project. Reading inside the project asks for no approval.`,
    args: () => ({ file_path: 'README.md' }),
    after: (outcome) =>
      settled(outcome, {
        done: 'The README says that the program cannot spell “Hello”.',
        failed: 'The README could not be read',
        denied: 'I did not read the README.',
      }),
  },
  {
    id: 'source',
    tool: 'Read',
    thought: 'The README names greeting.mjs; an edit must know the file first.',
    before: 'Now the program itself.',
    args: () => ({ file_path: 'greeting.mjs' }),
    after: (outcome) =>
      settled(outcome, {
        done:
          outcome.type === 'done' && outcome.text.includes('Helo')
            ? 'There it is: `Helo`.'
            : 'Read.',
        failed: 'The program could not be read',
        denied: 'I did not read it.',
      }),
  },
  {
    id: 'edit',
    tool: 'Edit',
    thought: 'One line to change. The person at the keyboard decides.',
    before: `**2. Editing.** I propose to mend that line. The approval pane shows the change as a diff: allow it, allow it always, or refuse it and say why. Nothing is written before you decide.`,
    args: () => ({
      file_path: 'greeting.mjs',
      old_string: 'Helo, ',
      new_string: 'Hello and welcome, ',
    }),
    after: (outcome) =>
      settled(outcome, {
        done: 'It was allowed, and the file has changed.',
        failed: 'The edit was allowed, but it could not be made',
        denied: 'The file is as it was.',
      }),
  },
  {
    id: 'run',
    tool: 'Bash',
    thought: 'Run the program to see what it prints now.',
    before:
      '**3. Running a command.** I run the program. A command asks for approval too, unless a rule allows it.',
    args: () => ({ command: 'node greeting.mjs Ada', description: 'Greet Ada' }),
    after: (outcome) =>
      settled(outcome, {
        done: `It printed:\n\n\`\`\`\n${outcome.type === 'done' ? firstLines(outcome.text) : ''}\n\`\`\``,
        failed: 'The command failed',
        denied: 'The command was not run.',
      }),
  },
  {
    id: 'memory',
    tool: 'memory_insert',
    thought: 'Memory is what makes an agent stateful: write down something about the person.',
    before: `**4. Remembering.** I add a line to my memory block \`human\`. Watch it change in the memory inspector.`,
    args: (tool) => ({ label: 'human', [textArgument(tool)]: 'Has seen the demo tour.' }),
    after: (outcome) =>
      settled(outcome, {
        done: 'The block holds it from now on, also after you quit. You can edit it yourself.',
        failed: 'The block could not be changed',
        denied: 'The block is as it was.',
      }),
  },
]

const ways = modelSetupHints
  .map((way, index) => `${index + 1}. **${way.title}**: ${way.how}`)
  .join('\n')

export const farewell = `**That was the tour.** To work with a real agent, get a model in one of three ways, then start \`letta\` without \`--demo\` in your project:

${ways}

Write \`again\` to see the tour once more, \`/help\` for all that the workbench can do.`

export const nothingMore = `${label} · The tour is over, and I understand nothing else. ${farewell.slice(farewell.indexOf('To work'))}`

function settled(
  outcome: TourOutcome,
  words: { readonly done: string; readonly failed: string; readonly denied: string },
): string {
  if (outcome.type === 'done') return words.done
  if (outcome.type === 'failed') return `${words.failed}: ${firstLines(outcome.text)}`
  return outcome.reason === null
    ? `You said no. ${words.denied}`
    : `You said no: “${outcome.reason}”. ${words.denied}`
}

function firstLines(text: string): string {
  return text.trim().split('\n').slice(0, 5).join('\n').slice(0, 400).replaceAll('```', "'''")
}

/** Older servers call it otherwise. */
function textArgument(tool: ModelTool): string {
  const properties = tool.parameters['properties']
  const named = typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
  return named.find((name) => /^(new_string|new_str|content)$/.test(name)) ?? 'new_string'
}
