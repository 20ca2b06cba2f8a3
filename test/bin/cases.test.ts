import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { agentCreated } from '../../lib/session/messages.ts'
import { AGENT_NAME } from '../../lib/session/services.ts'
import { TOOLS } from '../../lib/tools/index.ts'
import { loadCases } from '../support/cases.ts'
import { openShell, type Shell } from '../support/command-line.ts'
import { lettaOverHttp } from '../support/letta-over-http.ts'
import type { ScriptedAnswer } from '../support/model-endpoint.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'

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

const wantedOf = (file: string, id: string): ExpectedRun => {
  const { cases } = loadCases(file) as CaseFile
  return cases.find((one) => one.id === id)?.expect ?? {}
}

/** Cases that take the whole program, a server and a model. */
describe('cases of the command line', () => {
  let shell: Shell
  afterEach(() => shell.close())
  const open = async (...turns: readonly ScriptedAnswer[]): Promise<Shell> => {
    shell = await openShell(turns)
    return shell
  }

  describe('headless_output.json', () => {
    const wanted = (id: string): ExpectedRun => wantedOf('headless_output.json', id)

    it('hl-02: one object, the seed’s keys in the seed’s order', async () => {
      await open({ text: 'Hi!', usage: { prompt: 294, completion: 97 } })
      const { code, stdout } = await shell.letta(['-p', 'hi', '--output-format', 'json'])
      const { exit, stdoutJson, keysInOrder } = wanted('hl-02')
      expect(code).to.equal(exit)
      expect(JSON.parse(stdout)).to.deep.include(stdoutJson)
      expect(Object.keys(JSON.parse(stdout))).to.deep.equal(keysInOrder)
      expect(stdout).to.equal(`${JSON.stringify(JSON.parse(stdout), null, 2)}\n`)
    })

    it('hl-06: no answer is told, and is an error', async () => {
      await open({ text: '' })
      const { code, stdout } = await shell.letta(['-p', 'hi', '--output-format', 'json'])
      const { exit, stdoutJson } = wanted('hl-06')
      expect(code).to.equal(exit)
      expect(JSON.parse(stdout)).to.deep.include({ ...stdoutJson, is_error: true })
    })

    // The case wants it as a refusal. To the agent a refusal means that the user said no, and by the issue it names the
    // flag that would allow the call: none would. So it goes back as a failed result.
    it('hl-10: a missing argument is sent back, so that the model tries again', async () => {
      const call = { name: 'Write', args: { file_path: '/x' } }
      await open({ calls: [call] }, { text: 'I see.' })
      expect((await shell.letta(['-p', 'hi', '--yolo'])).stdout).to.equal('I see.\n')
      expect(JSON.stringify(shell.model.requests[1]?.body.messages?.at(-1))).to.include(
        'missing required parameter: content',
      )
    })

    it('hl-14: a failed turn tells the server’s own stop reason', async () => {
      const refusal = { error: { message: 'no', type: 'invalid_request_error' } }
      await open({ error: { status: 400, body: refusal } })
      const { code, stdout } = await shell.letta(['-p', 'hi', '--output-format', 'stream-json'])
      const { exit, lineHas = {} } = wanted('hl-14')
      expect(code).to.equal(exit)
      const lines = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      const error = lines.find(({ type }) => type === 'error')
      expect(error).to.include(lineHas)
    })

    it('hl-15: a dropped stream is taken up again', async () => {
      await open()
      const model = scriptedProvider([{ text: 'Hi!' }])
      const letta = await lettaOverHttp({ model, cuts: [400] })
      const environment = { LETTA_BASE_URL: letta.url }
      const { stdout } = await shell.letta(['-p', 'hi'], { environment })
      const resumed = letta.requests.filter((request) => /\/v1\/runs\/.*\/stream/.test(request))
      await letta.close()
      expect(stdout).to.equal(wanted('hl-15').stdout)
      expect(resumed.length).to.equal(1)
    })
  })

  describe('cli_argv.json', () => {
    const wanted = (id: string): ExpectedRun => wantedOf('cli_argv.json', id)

    it('argv-52: nothing typed and nothing piped', async () => {
      await open()
      const { code, stderr } = await shell.letta(['-p'])
      expect(code).to.equal(wanted('argv-52').exit)
      for (const text of wanted('argv-52').stderrContains ?? []) expect(stderr).to.include(text)
    })

    it('argv-56: a server of one’s own needs no key, but must be there', async () => {
      await open()
      const environment = { LETTA_API_KEY: '', LETTA_BASE_URL: 'http://localhost:1' }
      const { code, stderr } = await shell.letta(['-p', 'hi'], { environment })
      expect(code).to.equal(wanted('argv-56').exit)
      for (const text of wanted('argv-56').stderrContains ?? []) expect(stderr).to.include(text)
    })
  })

  describe('a prompt of one’s own', () => {
    const asked = async (...argv: readonly string[]): Promise<string> => {
      await shell.letta(['-p', ...argv, '--new'])
      const { messages } = shell.model.requests.at(-1)?.body ?? {}
      return String(messages?.findLast(({ role }) => role === 'user')?.content)
    }

    it('is sent for its name, the project’s once the folder is trusted', async () => {
      await open(...Array.from({ length: 4 }, () => ({ text: 'Hello.' })))
      mkdirSync(path.join(shell.home, '.letta/commands'), { recursive: true })
      writeFileSync(path.join(shell.home, '.letta/commands/review.md'), 'Review $ARGUMENTS well.')
      shell.write('.letta/commands/ship.md', 'Ship it.')
      expect(await asked('/review', 'src', 'and', 'test')).to.equal('Review src and test well.')
      expect(await asked('/ship')).to.equal('/ship')
      expect(await asked('/ship', '--trust')).to.equal('Ship it.')
      expect(await asked('/usr/bin is what?')).to.equal('/usr/bin is what?')
    })
  })

  describe('startup_resolution.json', () => {
    it('start-08: a second agent shares the four blocks; the skills are the newest', async () => {
      await open({ text: 'One.' }, { text: 'Two.' })
      await shell.letta(['-p', 'hi'])
      const labels = wantedOf('startup_resolution.json', 'start-08').blocksReused ?? []
      shell.write('.letta/settings.local.json', '{}')
      shell.write('.skills/a/SKILL.MD', '---\nname: Newest\ndescription: d\n---\nText\n')
      const { stderr } = await shell.letta(['-p', 'hi again'])
      expect(stderr).to.equal(`Shared memory: ${labels.join(', ')}.\n${agentCreated(AGENT_NAME)}\n`)
      expect(JSON.stringify(shell.model.requests[1]?.body.messages?.[0])).to.include('Newest')
    })

    it('start-11: an agent that does not exist is not made', async () => {
      await open()
      const { code, stderr } = await shell.letta(['-p', 'hi', '--agent', 'nope'])
      const wanted = wantedOf('startup_resolution.json', 'start-11')
      expect(code).to.equal(wanted.exit)
      expect(stderr)
        .to.include('not found')
        .and.match(/must exist/)
      expect(JSON.parse((await shell.letta(['agents', 'list', '--json'])).stdout)).to.deep.equal([])
    })

    it('start-13: --link attaches the tools that the agent lacks, each to be approved', async () => {
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
        .and.include('Refused: Bash')
    })
  })
})
