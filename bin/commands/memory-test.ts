import path from 'node:path'
import { EXIT_CODES } from '../../lib/cli/exit-codes.ts'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { type AgentCopies, type CopyAnswer, openCopies } from '../../lib/memory/ask-copy.ts'
import { type AnswerFaults, hasPassed, judgeAnswer } from '../../lib/memory/judge-answer.ts'
import { MEMORY_TESTS, type MemoryTest, readMemoryTests } from '../../lib/memory/read-tests.ts'
import { countCodePoints } from '../../lib/util/code-points.ts'
import { messageOf, UserError } from '../../lib/util/user-error.ts'
import { cancelOnSignals } from '../io/cancel-on-signals.ts'
import { type CliEnvironment, typedPath, workingDirectory } from '../io/cli-environment.ts'
import { createProgress } from '../io/progress.ts'
import {
  answered,
  asking,
  calledTools,
  copiesSend,
  EMBEDDED_SERVER_OF_TESTS,
  NO_MEMORY_TESTS_HINT,
  NO_TEXT_ANSWERED,
  testFaults,
  testsDone,
  untrustedQuestions,
} from '../messages.ts'
import { agentOfInvocation, type ConnectedServer, withServer } from './with-agent.ts'

interface TestResult {
  readonly test: MemoryTest
  readonly answer: CopyAnswer | null
  readonly faults: AnswerFaults
  /** Why there is no answer. */
  readonly error: string | null
}

/** `letta memory test [FILE]`: asks a copy of the agent each question. Exit code 1 when an answer is not as expected. */
export async function runMemoryTests(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  const directory = workingDirectory(cli, invocation.options.directory)
  const [operand] = invocation.operands
  const place = operand === undefined ? path.join(directory, MEMORY_TESTS) : typedPath(cli, operand)
  // Before anything is connected: a file that is not understood costs nothing.
  const tests = await readTests(place)
  return withServer(cli, invocation, async (server) => {
    const { print, printJson, notify, isTrusted } = server
    const isJson = invocation.flags.has('json')
    return withCopies(server, invocation, async (copies, signal) => {
      if (operand === undefined && !isTrusted) notify(untrustedQuestions(MEMORY_TESTS))
      notify(describeCopies(server, copies, tests.length))
      const results: TestResult[] = []
      const progress = createProgress(cli)
      const width = Math.max(...tests.map(({ name }) => name.length))
      for (const test of tests) {
        progress.show(asking(results.length + 1, tests.length, test.name))
        const result = await runTest(copies, test, signal)
        progress.clear()
        if (signal.aborted) break
        results.push(result)
        if (!isJson) print(describeResult(result, width))
      }
      if (signal.aborted) return EXIT_CODES.interrupted
      const failed = results.filter((result) => !isPassed(result)).length
      if (isJson) printJson(summarize(copies, server, results))
      else print(testsDone(results.length - failed, failed))
      return failed === 0 ? EXIT_CODES.success : EXIT_CODES.failure
    })
  })
}

/** Runs `work` with copies of the agent; Ctrl+C ends it with exit code 130, after the copies are deleted. */
export async function withCopies(
  server: ConnectedServer,
  invocation: SubcommandInvocation,
  work: (copies: AgentCopies, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const { gateway, backend } = server
  const { id } = await agentOfInvocation(server, invocation)
  const copies = await openCopies({ gateway, backend, agentId: id, now: Date.now })
  const signals = cancelOnSignals()
  try {
    const code = await work(copies, signals.abort)
    return signals.abort.aborted ? signals.exitCode(EXIT_CODES.interrupted) : code
  } catch (thrown) {
    if (signals.abort.aborted) return signals.exitCode(EXIT_CODES.interrupted)
    throw thrown
  } finally {
    signals.stop()
    await copies.close()
  }
}

export function describeCopies(
  { serverName }: ConnectedServer,
  { template: { name, model, blocks } }: AgentCopies,
  questions: number,
): string {
  return copiesSend({
    questions,
    agent: name,
    blocks: blocks.length,
    characters: blocks.reduce((sum, { value }) => sum + countCodePoints(value), 0),
    model,
    server: serverName === 'embedded' ? EMBEDDED_SERVER_OF_TESTS : serverName,
  })
}

async function readTests(place: string): Promise<readonly MemoryTest[]> {
  try {
    return await readMemoryTests(place)
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    throw new UserError(thrown.message, { hint: NO_MEMORY_TESTS_HINT, cause: thrown })
  }
}

const NO_FAULTS: AnswerFaults = { missing: [], found: [], tools: [] }

async function runTest(
  copies: AgentCopies,
  test: MemoryTest,
  signal: AbortSignal,
): Promise<TestResult> {
  try {
    const answer = await copies.ask(test.question, { signal })
    return { test, answer, faults: judgeAnswer(test, answer), error: null }
  } catch (thrown) {
    if (!(thrown instanceof UserError) && !signal.aborted) throw thrown
    return { test, answer: null, faults: NO_FAULTS, error: messageOf(thrown) }
  }
}

function isPassed({ error, faults }: TestResult): boolean {
  return error === null && hasPassed(faults)
}

const MAX_SHOWN_LINES = 12

function describeResult(result: TestResult, width: number): string {
  const { test, answer, faults, error } = result
  const seconds = answer === null ? '' : `${(answer.milliseconds / 1000).toFixed(1)} s`
  const head = `${isPassed(result) ? '✓' : '✗'} ${test.name.padEnd(width)}  ${seconds.padStart(7)}`
  if (isPassed(result)) return head
  const reason = `${head}  ${error ?? testFaults(faults)}`
  if (answer === null) return reason
  const lines = (answer.text || NO_TEXT_ANSWERED).split('\n')
  const shown = [
    ...lines.slice(0, MAX_SHOWN_LINES),
    ...(lines.length > MAX_SHOWN_LINES ? ['…'] : []),
  ]
  const tools = answer.tools.length === 0 ? [] : [calledTools(answer.tools)]
  return [reason, ...[answered(shown.join('\n    ')), ...tools].map((line) => `    ${line}`)].join(
    '\n',
  )
}

/** What `--json` prints. */
function summarize(
  { template: { name, model } }: AgentCopies,
  { serverName }: ConnectedServer,
  results: readonly TestResult[],
): object {
  const tests = results.map((result) => {
    const { test, answer, faults, error } = result
    return {
      ...test,
      passed: isPassed(result),
      missing: faults.missing,
      found: faults.found,
      calledForbiddenTools: faults.tools,
      answer: answer?.text ?? null,
      tools: answer?.tools ?? [],
      milliseconds: answer?.milliseconds ?? null,
      error,
    }
  })
  const passed = tests.filter((test) => test.passed).length
  return { agent: name, model, server: serverName, passed, failed: tests.length - passed, tests }
}
