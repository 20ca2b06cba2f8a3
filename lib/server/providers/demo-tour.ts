import { modelSetupHints } from '../../models/messages.ts'
import { resolveReferences } from '../../util/references.ts'
import type { ModelTool } from './provider.ts'

/** The outcome of a call. */
export type TourOutcome =
  | { readonly type: 'done'; readonly text: string }
  | { readonly type: 'failed'; readonly text: string }
  | { readonly type: 'denied'; readonly reason: string | null }

/** A stop of the tour: text before it, one call, and text about the actual outcome. */
export interface TourStop {
  readonly id: string
  readonly tool: string
  readonly thought: string
  readonly before: string
  args(tool: ModelTool): Readonly<Record<string, unknown>>
  after(outcome: TourOutcome): string
}

export const label = '**demo — not an AI**'

export const demoTour: readonly TourStop[] = [
  {
    id: 'readme',
    tool: 'Read',
    thought:
      'A real model would reason here. The demo follows a script: first, look at the project.',
    before: `${label} · I am a script that plays one session to show how the workbench works. Everything else is real: the tools, the files, the approvals, the memory.

You see streamed Markdown, with highlighted code:

\`\`\`sh
letta            # resumes this directory's agent with its memory
letta --new      # creates a new agent
letta -p "…"     # runs one turn non-interactively
\`\`\`

**1. Reading.** I read two files of this temporary project. Reading inside the project needs no approval.`,
    args: () => ({ file_path: 'README.md' }),
    after: (outcome) =>
      settled(outcome, {
        done: 'According to the README, the program cannot spell “Hello”.',
        failed: 'The README could not be read',
        denied: 'I did not read the README.',
      }),
  },
  {
    id: 'source',
    tool: 'Read',
    thought: 'The README names greeting.mjs; a file must be read before it is edited.',
    before: 'Now the program itself.',
    args: () => ({ file_path: 'greeting.mjs' }),
    after: (outcome) =>
      settled(outcome, {
        done:
          outcome.type === 'done' && outcome.text.includes('Helo')
            ? 'Here it is: `Helo`.'
            : 'Read.',
        failed: 'The program could not be read',
        denied: 'I did not read it.',
      }),
  },
  {
    id: 'edit',
    tool: 'Edit',
    thought: 'One line to change. The user approves or denies it.',
    before: `**2. Editing.** I propose to fix that line. The approval pane shows the change as a diff: approve it once, always allow it, or deny it with a reason. Nothing is written before you approve.`,
    args: () => ({
      file_path: 'greeting.mjs',
      old_string: 'Helo, ',
      new_string: 'Hello and welcome, ',
    }),
    after: (outcome) =>
      settled(outcome, {
        done: 'It was approved, and the file has changed.',
        failed: 'The edit was approved, but it failed',
        denied: 'The file is unchanged.',
      }),
  },
  {
    id: 'run',
    tool: 'Bash',
    thought: 'Run the program to see what it prints now.',
    before:
      '**3. Running a command.** I run the program. A command needs approval too, unless a rule allows it.',
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
    args: (tool) => ({
      label: 'human',
      [textArgument(tool)]: 'Likes short answers (example of the demo).',
    }),
    after: (outcome) =>
      settled(outcome, {
        done: 'The block now contains it. You can edit it yourself. In your own project it stays there after you quit; this demo is deleted then.',
        failed: 'The block could not be changed',
        denied: 'The block is unchanged.',
      }),
  },
]

const setupHints = resolveReferences(
  modelSetupHints.map(({ title, how }, index) => `${index + 1}. **${title}**: ${how}`).join('\n'),
  // Here a key would be saved in the home directory of the demo, which is deleted.
  () => '`letta connect` in a shell',
)

export const farewell = `**That was the demo.** To work with a real agent, set up a model in one of three ways, then start \`letta\` without \`--demo\` in your project:

${setupHints}

Type \`again\` to see it once more. The help lists everything that the workbench can do.`

export const nothingMore = `${label} · The demo is over, and I do not understand anything else. ${farewell.slice(farewell.indexOf('To work'))}`

function settled(
  outcome: TourOutcome,
  texts: { readonly done: string; readonly failed: string; readonly denied: string },
): string {
  if (outcome.type === 'done') return texts.done
  if (outcome.type === 'failed') return `${texts.failed}: ${firstLines(outcome.text)}`
  return outcome.reason === null
    ? `You denied it. ${texts.denied}`
    : `You denied it: “${outcome.reason}”. ${texts.denied}`
}

function firstLines(text: string): string {
  return text.trim().split('\n').slice(0, 5).join('\n').slice(0, 400).replaceAll('```', "'''")
}

/** Older servers name the argument differently. */
function textArgument(tool: ModelTool): string {
  const properties = tool.parameters['properties']
  const named = typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
  return named.find((name) => /^(new_string|new_str|content)$/.test(name)) ?? 'new_string'
}
