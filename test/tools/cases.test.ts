import { mkdirSync } from 'node:fs'
import { expect } from 'chai'
import { z } from 'zod'
import type { ToolAnswer } from '../../lib/tools/tool.ts'
import { loadCases } from '../support/cases.ts'
import { createPlayground, type Playground } from './playground.ts'

const Content = z.union([
  z.string(),
  z.null(),
  z.object({ repeat: z.string(), times: z.number(), join: z.string() }),
])
const Parts = z.array(z.object({ text: z.string() }))
const Result = z.object({
  message: z.string().optional(),
  content: z.union([z.string(), Parts]).optional(),
  output: z.string().optional(),
  files: z.union([z.array(z.string()), z.number()]).optional(),
  isError: z.boolean().optional(),
  long: z.boolean().optional(),
  length: z.number().optional(),
  head: z.string().optional(),
  tail: z.string().optional(),
})
const Wanted = z.union([z.object({ throws: z.string() }), z.object({ result: Result })])
const Case = z.object({
  id: z.string(),
  tree: z.record(z.string(), Content),
  steps: z.array(z.object({ tool: z.string(), args: z.record(z.string(), z.unknown()) })),
  expected: z.object({
    steps: z.array(Wanted).optional(),
    after: z.record(z.string(), z.string()).optional(),
  }),
})
type Case = z.infer<typeof Case>

/** Steps whose answer differs on purpose, with the reason. */
const DIFFERING_STEPS = new Map([
  ['tools_files-21 3', 'a relative path is resolved against the project directory'],
  ['tools_files-66 1', 'the answer names the directory of another machine'],
  ['tools_shell_misc-08 1', 'the shell is bash, whose message differs'],
])
/** These cases depend on processes and time; shell-manager.test.ts tests them without waiting. */
const TESTED_ELSEWHERE = ['tools_shell_misc-21', 'tools_shell_misc-22']

describe('The tools give the expected results for case', () => {
  for (const name of ['tools_files.json', 'tools_shell_misc.json']) {
    for (const one of z.object({ cases: z.array(Case) }).parse(loadCases(name)).cases) {
      if (TESTED_ELSEWHERE.includes(one.id)) continue
      it(`${one.id}: ${one.steps.map((step) => step.tool).join(', ')}`, () => runCase(one))
    }
  }
})

async function runCase(one: Case): Promise<void> {
  const ground = createPlayground()
  const here = <Value>(value: Value): Value =>
    JSON.parse(JSON.stringify(value).replaceAll('$DIR', ground.place.directory))
  try {
    for (const [name, content] of Object.entries(one.tree)) plant(ground, name, content)
    for (const [index, step] of one.steps.entries()) {
      const answer = await ground.call(step.tool, here(step.args))
      const wanted = one.expected.steps?.[index]
      if (wanted === undefined || DIFFERING_STEPS.has(`${one.id} ${index + 1}`)) continue
      expect(shapeOf(answer)).to.deep.equal(shapeWanted(here(wanted)), `step ${index + 1}`)
    }
    for (const [name, content] of Object.entries(one.expected.after ?? {})) {
      // The third step of this case differs, so the file has another content.
      if (one.id !== 'tools_files-21') expect(ground.text(name), name).to.equal(content)
    }
  } finally {
    await ground.close()
  }
}

function plant(ground: Playground, name: string, content: z.infer<typeof Content>): void {
  if (content === null) mkdirSync(ground.path(name), { recursive: true })
  else if (typeof content === 'string') ground.put(name, content)
  else {
    const lines = Array.from({ length: content.times }, (_, index) =>
      content.repeat.replaceAll('{i}', String(index + 1)),
    )
    ground.put(name, lines.join(content.join))
  }
}

interface Shape {
  readonly status: string
  readonly text: string
}

/** The order of the found files is not specified. */
function inAnyOrder(text: string): string {
  return text.startsWith('Found ') ? text.split('\n').sort().join('\n') : text
}

function shapeOf({ status, text }: ToolAnswer): Shape {
  if (text.length < 10_000) return { status, text: inAnyOrder(text) }
  return { status, text: `${text.length} ${text.slice(0, 40)} ${text.slice(-40)}` }
}

function shapeWanted(wanted: z.infer<typeof Wanted>): Shape {
  if ('throws' in wanted) return { status: 'error', text: wanted.throws }
  const { result } = wanted
  return { status: result.isError === true ? 'error' : 'success', text: inAnyOrder(textOf(result)) }
}

function textOf(result: z.infer<typeof Result>): string {
  const { message, content, output, files, length, head = '', tail = '' } = result
  if (length !== undefined) return `${length} ${head.slice(0, 40)} ${tail.slice(-40)}`
  const text = typeof content === 'string' ? content : content?.map((part) => part.text).join('')
  if (message ?? text ?? output) return message ?? text ?? output ?? ''
  return Array.isArray(files) ? files.join('\n') || 'No files found' : (text ?? '')
}
