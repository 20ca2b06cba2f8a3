import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { line } from '../../bin/messages.ts'
import { agentCreated } from '../../lib/session/messages/agents.ts'
import { defaultAgentName } from '../../lib/session/services.ts'
import { TOOLS } from '../../lib/tools/index.ts'
import { loadCases } from '../support/cases.ts'
import { openShell, type Shell } from '../support/command-line.ts'
import { lettaOverHttp } from '../support/letta-over-http.ts'
import type { ScriptedAnswer } from '../support/model-endpoint.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'
import { typedText } from '../support/typed-text.ts'

interface CaseFile {
  readonly cases: readonly {
    readonly id: string
    readonly expect: ExpectedRun
    readonly note?: string
  }[]
}

interface ExpectedRun {
  readonly exit?: number
  readonly stdoutJson?: object
  readonly keysInOrder?: readonly string[]
  readonly stdout?: string
  readonly stderrContains?: readonly string[]
  readonly lineHas?: object
  readonly blocksReused?: readonly string[]
}

const expectedOf = (file: string, id: string): ExpectedRun => {
  const { cases } = loadCases(file) as CaseFile
  return cases.find((one) => one.id === id)?.expect ?? {}
}

/** Cases that need the complete program, a server and a model. */
describe('The program', () => {
  let shell: Shell
  afterEach(() => shell.close())
  const open = async (...turns: readonly ScriptedAnswer[]): Promise<Shell> => {
    shell = await openShell(turns)
    return shell
  }

  describe('in the cases of headless_output.json', () => {
    const expected = (id: string): ExpectedRun => expectedOf('headless_output.json', id)

    it('prints one JSON object with the keys of Letta Code in their order (hl-02)', async () => {
      await open({ text: 'Hi!', usage: { prompt: 294, completion: 97 } })
      const { code, stdout } = await shell.letta(['-p', 'hi', '--output-format', 'json'])
      const { exit, stdoutJson, keysInOrder } = expected('hl-02')
      expect(code).to.equal(exit)
      expect(JSON.parse(stdout)).to.deep.include(stdoutJson)
      expect(Object.keys(JSON.parse(stdout))).to.deep.equal(keysInOrder)
      expect(stdout).to.equal(`${JSON.stringify(JSON.parse(stdout), null, 2)}\n`)
    })

    // The case reports success with a fixed text. Without an answer nothing was done: the model is asked once more, and then
    // the run has failed.
    it('fails when the model gives no answer twice (hl-06)', async () => {
      await open({ text: '' }, { text: '' })
      const { code, stdout } = await shell.letta(['-p', 'hi', '--output-format', 'json'])
      expect(code).to.equal(1)
      expect(JSON.parse(stdout)).to.include({ subtype: 'error', is_error: true })
      expect(shell.model.requests).to.have.lengthOf(2)
    })

    // The case expects a denial. To the agent a denial means that the user decided against the call, and it names the flag that
    // would allow it. No flag would, so that the result is an error instead.
    it('reports a missing argument to the model, so that it tries again (hl-10)', async () => {
      const call = { name: 'Write', args: { file_path: '/x' } }
      await open({ calls: [call] }, { text: 'Noted.' })
      expect((await shell.letta(['-p', 'hi', '--yolo'])).stdout).to.equal('Noted.\n')
      expect(JSON.stringify(shell.model.requests[1]?.body.messages?.at(-1))).to.include(
        'missing required parameter: content',
      )
    })

    it('reports the stop reason of the server when a turn fails (hl-14)', async () => {
      const body = { error: { message: 'no', type: 'invalid_request_error' } }
      await open({ error: { status: 400, body } })
      const { code, stdout } = await shell.letta(['-p', 'hi', '--output-format', 'stream-json'])
      const { exit, lineHas = {} } = expected('hl-14')
      expect(code).to.equal(exit)
      const lines = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      const error = lines.find(({ type }) => type === 'error')
      expect(error).to.include(lineHas)
    })

    it('resumes a stream that was dropped (hl-15)', async () => {
      await open()
      const model = scriptedProvider([{ text: 'Hi!' }])
      const letta = await lettaOverHttp({ model, cuts: [400] })
      const environment = { LETTA_BASE_URL: letta.url }
      const { stdout } = await shell.letta(['-p', 'hi'], { environment })
      const resumed = letta.requests.filter((request) => /\/v1\/runs\/.*\/stream/.test(request))
      await letta.close()
      expect(stdout).to.equal(expected('hl-15').stdout)
      expect(resumed.length).to.equal(1)
    })
  })

  describe('in the cases of cli_argv.json', () => {
    const expected = (id: string): ExpectedRun => expectedOf('cli_argv.json', id)

    it('rejects -p when nothing is typed and nothing is piped (argv-52)', async () => {
      await open()
      const { code, stderr } = await shell.letta(['-p'])
      expect(code).to.equal(expected('argv-52').exit)
      for (const text of expected('argv-52').stderrContains ?? []) expect(stderr).to.include(text)
    })

    it('requires no key for another server, but a connection to it (argv-56)', async () => {
      await open()
      const environment = { LETTA_API_KEY: '', LETTA_BASE_URL: 'http://localhost:1' }
      const { code, stderr } = await shell.letta(['-p', 'hi'], { environment })
      expect(code).to.equal(expected('argv-56').exit)
      for (const text of expected('argv-56').stderrContains ?? []) expect(stderr).to.include(text)
    })
  })

  describe('with a prompt file of the user', () => {
    const send = async (...argv: readonly string[]): Promise<string> => {
      await shell.letta(['-p', ...argv, '--new'])
      const { messages } = shell.model.requests.at(-1)?.body ?? {}
      return typedText(messages?.findLast(({ role }) => role === 'user')?.content)
    }

    it('sends it for its name, and one of the project once the directory is trusted', async () => {
      await open(...Array.from({ length: 4 }, () => ({ text: 'Hello.' })))
      mkdirSync(path.join(shell.home, '.letta/commands'), { recursive: true })
      writeFileSync(path.join(shell.home, '.letta/commands/review.md'), 'Review $ARGUMENTS well.')
      shell.write('.letta/commands/ship.md', 'Ship it.')
      expect(await send('/review', 'src', 'and', 'test')).to.equal('Review src and test well.')
      expect(await send('/ship')).to.equal('/ship')
      expect(await send('/ship', '--trust')).to.equal('Ship it.')
      expect(await send('/usr/bin is what?')).to.equal('/usr/bin is what?')
    })
  })

  describe('in the cases of startup_resolution.json', () => {
    it('shares the memory blocks with a second agent, and refreshes the skills (start-08)', async () => {
      await open({ text: 'One.' }, { text: 'Two.' })
      await shell.letta(['-p', 'hi'])
      const labels = expectedOf('startup_resolution.json', 'start-08').blocksReused ?? []
      shell.write('.letta/settings.local.json', '{}')
      shell.write('.skills/a/SKILL.MD', '---\nname: Newest\ndescription: d\n---\nText\n')
      const { stderr } = await shell.letta(['-p', 'hi again', '--trust'])
      expect(stderr).to.equal(
        line(`Shared memory: ${labels.join(', ')}.`) +
          line(agentCreated(defaultAgentName(shell.project))),
      )
      expect(JSON.stringify(shell.model.requests[1]?.body.messages?.[0])).to.include('Newest')
    })

    it('does not create an agent whose id does not exist (start-11)', async () => {
      await open()
      const { code, stderr } = await shell.letta(['-p', 'hi', '--agent', 'nope'])
      const expected = expectedOf('startup_resolution.json', 'start-11')
      expect(code).to.equal(expected.exit)
      expect(stderr)
        .to.include('not found')
        .and.match(/must exist/)
      expect(JSON.parse((await shell.letta(['agents', 'list', '--json'])).stdout)).to.deep.equal([])
    })

    it('attaches the tools that the agent does not have with --link, each requiring approval (start-13)', async () => {
      await open(
        { text: 'One.' },
        { calls: [{ name: 'Bash', args: { command: 'touch x' } }] },
        {
          text: 'Refused.',
        },
      )
      await shell.letta(['-p', 'hi', '--tools', 'Read'])
      const { lastAgent } = Object(shell.settings('project', 'settings.local.json'))
      const { code, stderr } = await shell.letta(['-p', 'hi', '--agent', lastAgent, '--link'])
      expect(code).to.equal(0)
      const missing = TOOLS.map((tool) => tool.name).filter((name) => name !== 'Read')
      expect(stderr)
        .to.include(`Attached: ${missing.join(', ')}.\n`)
        .and.include('Denied: Bash')
    })
  })
})
