import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { childEnvironment } from '../../lib/tools/process/environment.ts'
import { createRunner, type PreparedCall, type Runner } from '../../lib/tools/runner.ts'
import type { Preview, ToolAnswer } from '../../lib/tools/tool.ts'
import type { Workspace } from '../../lib/tools/workspace.ts'

/** A separate project in a temporary directory, with a runner for it. */
export interface Playground {
  readonly place: Workspace
  readonly runner: Runner
  path(name: string): string
  put(name: string, content: string | Buffer): string
  bytes(name: string): Buffer
  text(name: string): string
  prepare(tool: string, args: unknown, call?: { callId?: string; turnId?: string }): PreparedCall
  preview(tool: string, args: unknown): Promise<Preview>
  call(tool: string, args: unknown, signal?: AbortSignal): Promise<ToolAnswer>
  close(): Promise<void>
}

export function createPlayground(
  options: Pick<Parameters<typeof createRunner>[0], 'withoutDenied'> = {},
): Playground {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'letta-tools-')))
  const directory = join(root, 'project')
  mkdirSync(directory)
  const home = join(root, 'home')
  const place: Workspace = {
    directory,
    home,
    lettaDirectory: join(home, '.letta'),
    environment: childEnvironment(
      { PATH: process.env['PATH'], HOME: home },
      { directory, isTrusted: false },
    ),
    now: () => Date.now(),
  }
  const runner = createRunner({ workspace: place, ...options })
  let calls = 0
  const prepare: Playground['prepare'] = (tool, args, call = {}) => {
    const { callId = `call-${++calls}`, turnId = 'turn-1' } = call
    const made = runner.prepare({ callId, turnId, name: tool, args: JSON.stringify(args) })
    if (!made.ok) throw new Error(made.answer.text)
    return made.prepared
  }
  const path = (name: string): string => join(directory, name)
  return {
    place,
    runner,
    path,
    put(name, content) {
      mkdirSync(dirname(path(name)), { recursive: true })
      writeFileSync(path(name), content)
      return path(name)
    },
    bytes: (name) => readFileSync(path(name)),
    text: (name) => readFileSync(path(name), 'utf8'),
    prepare,
    preview: (tool, args) => prepare(tool, args).preview(),
    async call(tool, args, signal = new AbortController().signal) {
      calls++
      const call = { callId: `call-${calls}`, turnId: 'turn-1', name: tool }
      const made = runner.prepare({ ...call, args: JSON.stringify(args) })
      return made.ok ? made.prepared.run(signal, () => undefined) : made.answer
    },
    async close() {
      await runner.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}
