import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { line, toolOfFlagNotFound } from '../bin/messages.ts'
import { reasons } from '../lib/permissions/messages.ts'
import { blockDrafts } from '../lib/prompts/index.ts'
import { modelNotFound } from '../lib/session/messages/agents.ts'
import type { SessionState } from '../lib/session/state/session-state.ts'
import { TOOLS } from '../lib/tools/index.ts'
import { openShell, type Shell } from './support/command-line.ts'
import { openDesktop } from './support/desktop.ts'
import { lettaOverHttp } from './support/letta-over-http.ts'
import type { ScriptedAnswer } from './support/model-endpoint.ts'
import { findRowsWithoutTest, readRows } from './support/promise-tables.ts'
import { scriptedProvider } from './support/scripted-provider.ts'
import { createShellLines, type ShellLines } from './support/shell-lines.ts'
import { typedText } from './support/typed-text.ts'

const HI = 'Hi! How can I help you today?'
const OURS = TOOLS.map((tool) => tool.name)
const isOurs = (name: string): boolean => OURS.includes(name)

/** The examples of the seed (`SEED.md`): each command as it is printed there, with its outcome. */
describe('As the seed promises,', () => {
  let shell: Shell
  let lines: ShellLines
  beforeEach(async () => {
    shell = await openShell()
    lines = createShellLines(shell)
  })
  afterEach(() => shell.close())

  const runs: ShellLines['runs'] = (...given) => lines.runs(...given)
  const opens: ShellLines['opens'] = (line) => lines.opens(line)
  const answers = (...turns: readonly ScriptedAnswer[]): void => shell.model.setTurns(turns)
  /** A program in `~/bin`. */
  const install = (name: string, script: string): void => {
    const bin = path.join(shell.home, 'bin')
    mkdirSync(bin, { recursive: true })
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }
  const idOf = ({ agent }: SessionState): string => agent?.id ?? ''
  const blocks = ({ memory }: SessionState): Readonly<Record<string, string>> =>
    Object.fromEntries(memory.map(({ block }) => [block.label, block.id]))

  describe('among agents and projects,', () => {
    it('letta creates an agent in a directory the first time, and resumes it from then on', async () => {
      const first = await opens('letta')
      const second = await opens('letta')
      expect(idOf(second)).to.equal(idOf(first))
      expect(shell.settings('project', 'settings.local.json')).to.include({
        lastAgent: idOf(first),
      })
      expect(shell.read('.git/info/exclude')).to.include('.letta/settings.local.json\n')
    })

    it('letta --new creates a new agent with new memory blocks', async () => {
      const [first, second] = [await opens('letta'), await opens('letta --new')]
      expect(idOf(second)).to.not.equal(idOf(first))
      const ids = [...Object.values(blocks(first)), ...Object.values(blocks(second))]
      expect(new Set(ids).size).to.equal(2 * blockDrafts().length)
      expect(idOf(await opens('letta'))).to.equal(idOf(second))
    })

    it('letta --agent <id> opens that agent', async () => {
      const [first, second] = [await opens('letta'), await opens('letta --new')]
      expect(idOf(await opens(`letta --agent ${idOf(first)}`))).to.equal(idOf(first))
      expect(idOf(second)).to.not.equal(idOf(first))
    })

    it('letta --model <model> and letta -m <model> set the model of a new and of a resumed agent', async () => {
      expect((await opens('letta --model other')).agent?.model).to.equal('openai/other')
      expect((await opens('letta -m scripted')).agent?.model).to.equal('openai/scripted')
    })

    it('letta --continue opens the agent used last in any directory, and warns that it is deprecated', async () => {
      const first = await opens('letta')
      shell.write('.letta/settings.local.json', '{}')
      expect(idOf(await opens('letta --continue'))).to.equal(idOf(first))
      answers({ text: HI })
      expect((await runs('letta --continue -p "hi"')).stderr).to.include('deprecated')
    })
  })

  describe('in memory,', () => {
    it('persona and human are shared by all agents of a user, project and skills by those of a project', async () => {
      const here = blocks(await opens('letta'))
      shell.write('.letta/settings.local.json', '{}')
      const again = blocks(await opens('letta'))
      expect(again).to.deep.equal(here)
      const elsewhere = path.join(shell.home, 'elsewhere')
      mkdirSync(elsewhere)
      const there = blocks(await opens(`letta -C ${elsewhere}`))
      expect([there['persona'], there['human']]).to.deep.equal([here['persona'], here['human']])
      expect(there['project']).to.not.equal(here['project'])
      expect(there['skills']).to.not.equal(here['skills'])
    })

    it('the ids of the blocks are stored in the files that the seed names', async () => {
      const { persona, human, project, skills } = blocks(await opens('letta'))
      const user = Object(shell.settings('home', 'settings.json'))
      expect(user.globalSharedBlockIds).to.deep.equal({ persona, human })
      const shared = Object(shell.settings('project', 'settings.json'))
      expect(shared.localSharedBlockIds).to.deep.equal({ project, skills })
      expect(Object.keys(Object(shell.settings('project', 'settings.local.json')))).to.deep.equal([
        'lastAgent',
        'lastAgentByServer',
      ])
    })
  })

  describe('among skills,', () => {
    const SKILL = `---
name: Data Analysis Skill
description: Analyzes CSV files and generates statistical reports
category: Data Processing
tags:
- analytics
- statistics
- csv
---
# Data Analysis Skill
This skill analyzes data files and generates comprehensive reports.
## Usage
Use this skill to analyze CSV files and generate statistical summaries...
`

    it('every .skills/**/SKILL.MD is found, its directory is its id, and the agent’s memory lists it', async () => {
      shell.write('.skills/data-analysis/SKILL.MD', SKILL)
      shell.write(
        '.skills/web/scraper/skill.md',
        '---\nname: Scraper\ndescription: Fetches\n---\nText\n',
      )
      const { skills, memory } = await opens('letta --trust')
      expect(skills.found.map(({ id, name }) => [id, name])).to.deep.equal([
        ['data-analysis', 'Data Analysis Skill'],
        ['web/scraper', 'Scraper'],
      ])
      expect(skills.found[0]).to.deep.include({
        category: 'Data Processing',
        tags: ['analytics', 'statistics', 'csv'],
        description: 'Analyzes CSV files and generates statistical reports',
      })
      const value = memory.find(({ block }) => block.label === 'skills')?.block.value ?? ''
      expect(value).to.include('## Data Processing').and.include('ID: `web/scraper`')
    })

    it('letta --skills /path/to/custom/skills and --skills ~/my-skills load the skills of another directory', async () => {
      const directory = path.join(shell.home, 'my-skills/deploy')
      mkdirSync(directory, { recursive: true })
      writeFileSync(
        path.join(directory, 'SKILL.MD'),
        '---\nname: Deploy\ndescription: d\n---\nText\n',
      )
      const { skills } = await opens(`letta --skills ${path.dirname(directory)}`)
      expect(skills.found.map(({ id }) => id)).to.deep.equal(['deploy'])
      answers({ text: 'I use it.' })
      await runs('letta -p "Use the custom skills" --skills ~/my-skills')
      expect(JSON.stringify(shell.model.requests[0]?.body.messages?.[0])).to.include('Deploy')
    })
  })

  describe('among attached tools,', () => {
    it('letta --agent <id> --unlink and --link detach and attach only the tools of the program', async () => {
      const first = await opens('letta')
      const server = first.agent?.tools.filter((name) => !OURS.includes(name))
      const without = await opens(`letta --agent ${idOf(first)} --unlink`)
      expect(without.agent?.tools).to.deep.equal(server)
      const again = await opens(`letta --agent ${idOf(first)} --link`)
      expect(new Set(again.agent?.tools)).to.deep.equal(new Set(first.agent?.tools))
    })

    it('attached tools require approval, and a call is denied where no user can be asked', async () => {
      answers({ calls: [{ name: 'Bash', args: { command: 'touch x' } }] }, { text: 'I may not.' })
      const { stdout, stderr } = await runs('letta -p "Touch x"')
      expect(stdout).to.equal('I may not.\n')
      expect(stderr).to.include('To allow it: --allowedTools "Bash(touch x)", or --yolo')
      expect(existsSync(path.join(shell.project, 'x'))).to.equal(false)
    })
  })

  describe('in a session,', () => {
    it('/unlink detaches the tools of the program, and /link attaches them again', async () => {
      const desk = await openDesktop()
      const tools = (): readonly string[] => desk.root.state.session.agent?.tools ?? []
      const before = tools()
      desk.types('/unlink').presses('enter')
      await desk.sees('Detached: Read')
      expect(tools().filter(isOurs)).to.deep.equal([])
      desk.types('/link').presses('enter')
      await desk.sees('Attached: Read')
      expect(tools()).to.have.members(before)
      await desk.close()
    })

    it('/exit ends the program', async () => {
      const desk = await openDesktop()
      desk.types('/exit').presses('enter')
      expect(desk.done).to.deep.equal(['quit'])
      await desk.close()
    })
  })

  describe('in headless mode,', () => {
    it('letta -p "Run bun lint and correct errors" and letta -p "Pick up where you left off" talk to the same agent', async () => {
      answers({ text: 'Done.' }, { text: 'I did that.' })
      expect((await runs('letta -p "Run bun lint and correct errors"')).stdout).to.equal('Done.\n')
      const second = await runs('letta -p "Pick up where you left off" # Same - auto-resumes')
      expect(second).to.deep.equal({ code: 0, stdout: 'I did that.\n', stderr: '' })
      const { messages = [] } = shell.model.requests[1]?.body ?? {}
      expect(messages.slice(1).map(({ content }) => typedText(content))).to.deep.equal([
        'Run bun lint and correct errors',
        'Done.',
        'Pick up where you left off',
      ])
    })

    it('letta -p "Start fresh" --new creates a new agent', async () => {
      answers({ text: 'Done.' }, { text: 'I know nothing.' })
      await runs('letta -p "Run bun lint and correct errors"')
      await runs('letta -p "Start fresh" --new')
      expect(shell.model.requests[1]?.body.messages).to.have.lengthOf(2)
    })

    it('letta -p "Run all the test" --allowedTools "Bash" runs a command without approval', async () => {
      answers(
        { calls: [{ name: 'Bash', args: { command: 'touch tested' } }] },
        { text: 'All pass.' },
      )
      const { stdout } = await runs('letta -p "Run all the test" --allowedTools "Bash"')
      expect(stdout).to.equal('All pass.\n')
      expect(existsSync(path.join(shell.project, 'tested'))).to.equal(true)
    })

    it('letta -p "Just read the code" --disallowedTools "Bash" denies a command', async () => {
      answers({ calls: [{ name: 'Bash', args: { command: 'ls' } }] }, { text: 'I only read.' })
      const { stdout, stderr } = await runs(
        'letta -p "Just read the code" --disallowedTools "Bash"',
      )
      expect(stdout).to.equal('I only read.\n')
      expect(stderr).to.include('Denied: Bash ls')
      expect(lines.asked()).to.include(`${reasons.deniedByRule.replace('.', '')}: Bash`)
    })

    it('letta -p "Explain this code" -m gpt-4o uses that model, or reports that it is unknown', async () => {
      const { code, stderr } = await runs('letta -p "Explain this code" -m gpt-4o')
      expect([code, stderr.split('\n')[0]]).to.deep.equal([
        1,
        line(modelNotFound('gpt-4o', [], []).message).trimEnd(),
      ])
      answers({ text: 'It adds.' })
      await runs('letta -p "Explain this code" -m openai/other')
      expect(shell.model.requests[0]?.body.model).to.equal('other')
    })

    it('echo "Explain this code" | letta -p and cat file.txt | letta -p read the prompt from the pipe', async () => {
      shell.write('file.txt', 'What is in it\n')
      answers({ text: 'One.' }, { text: 'Two.' })
      expect((await runs('echo "Explain this code" | letta -p')).stdout).to.equal('One.\n')
      expect(lines.asked()).to.equal('Explain this code')
      await runs('cat file.txt | letta -p')
      expect(lines.asked()).to.equal('What is in it')
    })

    it('gh pr diff 123 | letta -p --yolo reads the prompt from the pipe and runs every call', async () => {
      install('gh', 'echo "diff of $3"')
      answers({ calls: [{ name: 'Bash', args: { command: 'touch ran' } }] }, { text: 'Reviewed.' })
      const { code, stdout } = await runs('gh pr diff 123 | letta -p --yolo')
      expect([code, stdout]).to.deep.equal([0, 'Reviewed.\n'])
      expect(lines.asked(0)).to.equal('diff of 123')
      expect(existsSync(path.join(shell.project, 'ran'))).to.equal(true)
    })
  })

  describe('as output,', () => {
    const greeting = {
      reasoning: ['The user is asking', ' me to say hello', '. This is a simple', ' greeting.'],
      text: [HI],
      usage: { prompt: 294, completion: 97 },
    }

    it('letta -p "hi there" prints the answer as text', async () => {
      answers(greeting)
      expect((await runs('letta -p "hi there"')).stdout).to.equal(`${HI}\n`)
    })

    it('letta -p "hi there" --output-format json prints the object as the seed shows it', async () => {
      answers(greeting)
      const { stdout } = await runs('letta -p "hi there" --output-format json')
      const { duration_ms, duration_api_ms, agent_id } = JSON.parse(stdout)
      expect(duration_api_ms).to.be.within(0, duration_ms)
      expect(stdout).to.equal(`{
  "type": "result",
  "subtype": "success",
  "is_error": false,
  "duration_ms": ${duration_ms},
  "duration_api_ms": ${duration_api_ms},
  "num_turns": 1,
  "result": "${HI}",
  "agent_id": "${agent_id}",
  "usage": {
    "prompt_tokens": 294,
    "completion_tokens": 97,
    "total_tokens": 391
  }
}
`)
    })

    it('letta -p "hi there" --output-format stream-json prints the lines as the seed shows them, token by token', async () => {
      answers(greeting)
      const { stdout } = await runs('letta -p "hi there" --output-format stream-json')
      const printed = stdout.trimEnd().split('\n')
      const [first] = printed
      expect(first).to.match(
        /^\{"type":"init","agent_id":"agent-[^"]+","model":"[^"]+","tools":\["/,
      )
      const otids = printed.map((line): string => JSON.parse(line).otid)
      const reasoning = (text: string, seqId: number): string =>
        `{"type":"message","messageType":"reasoning_message","reasoning":"${text}","otid":"${otids[1]}","seqId":${seqId}`
      const begins = [
        reasoning('The user is asking', 1),
        reasoning(' me to say hello', 2),
        reasoning('. This is a simple', 3),
        reasoning(' greeting.', 4),
        `{"type":"message","messageType":"assistant_message","content":"${HI}","otid":"${otids[5]}","seqId":5`,
        '{"type":"message","messageType":"stop_reason","stopReason":"end_turn"',
        '{"type":"message","messageType":"usage_statistics","promptTokens":294,"completionTokens":97,"totalTokens":391',
        `{"type":"result","subtype":"success"`,
      ]
      expect(
        printed.slice(1).map((line, index) => line.slice(0, begins[index]?.length)),
      ).to.deep.equal(begins)
      expect(JSON.parse(printed.at(-1) ?? '')).to.include({ result: HI })
    })
  })

  describe('among selected tools,', () => {
    it('letta -p "Run all tests" --tools "Bash,Read" removes the schemas of the other tools from the context', async () => {
      answers({ text: 'One.' }, { text: 'Two.' })
      await runs('letta -p "hi"')
      expect(lines.schemas().filter(isOurs)).to.have.members(OURS)
      await runs('letta -p "Run all tests" --tools "Bash,Read"  # Only load specific tools')
      expect(lines.schemas().filter(isOurs)).to.have.members(['Bash', 'Read'])
    })

    it('letta -p "Just analyze the code" --tools "" removes the schemas of all tools', async () => {
      answers({ text: 'One.' })
      await runs('letta -p "Just analyze the code" --tools ""   # No tools (analysis only)')
      expect(lines.schemas().filter(isOurs)).to.deep.equal([])
    })

    it('--tools "Bash,Raed" reports the unknown name before anything is sent', async () => {
      const { code, stderr } = await runs('letta -p "Run all tests" --tools "Bash,Raed"')
      expect([code, stderr]).to.deep.equal([
        2,
        line(`${toolOfFlagNotFound('tools', 'Raed')}\n  Did you mean Read?`),
      ])
      expect(shell.model.requests).to.deep.equal([])
    })
  })

  describe('among permissions,', () => {
    /** Whether the call ran, judged by the message to the agent. */
    const tries = async (line: string, name: string, args: object): Promise<'ran' | 'refused'> => {
      answers({ calls: [{ name, args }] }, { text: 'So it is.' })
      await runs(`letta -p "Try" ${line}`)
      return /Permission denied|requires approval/.test(lines.asked()) ? 'refused' : 'ran'
    }
    const bash = (command: string) => ['Bash', { command }] as const
    const write = ['Write', { file_path: 'new.txt', content: 'x' }] as const
    const read = ['Read', { file_path: 'file.txt' }] as const

    it('--allowedTools "Bash,Read,Write" and "Bash(npm run test:*)" allow these calls and no others', async () => {
      install('npm', 'echo "npm $*"')
      const all = '--allowedTools "Bash,Read,Write" # Allow specific tools'
      expect(await tries(all, ...bash('touch a'))).to.equal('ran')
      expect(await tries(all, ...write)).to.equal('ran')
      const some = '--allowedTools "Bash(npm run test:*)" # Allow specific commands'
      expect(await tries(some, ...bash('npm run test --silent'))).to.equal('ran')
      expect(await tries(some, ...bash('npm run deploy'))).to.equal('refused')
    })

    it('--disallowedTools "Bash(curl:*)" blocks the call, whatever else is allowed', async () => {
      const line = '--disallowedTools "Bash(curl:*)" --yolo'
      expect(await tries(line, ...bash('curl http://localhost:1'))).to.equal('refused')
      expect(await tries(line, ...bash('touch b'))).to.equal('ran')
    })

    it('--permission-mode acceptEdits runs edits of files, but no commands', async () => {
      expect(await tries('--permission-mode acceptEdits', ...write)).to.equal('ran')
      expect(await tries('--permission-mode acceptEdits', ...bash('touch c'))).to.equal('refused')
    })

    it('--permission-mode plan runs reading tools, but no modifications', async () => {
      shell.write('file.txt', 'text')
      expect(await tries('--permission-mode plan', ...read)).to.equal('ran')
      expect(await tries('--permission-mode plan', ...write)).to.equal('refused')
      expect(await tries('--permission-mode plan', ...bash('touch d'))).to.equal('refused')
    })

    it('--permission-mode bypassPermissions and --yolo run every call', async () => {
      expect(await tries('--permission-mode bypassPermissions', ...bash('touch e'))).to.equal('ran')
      expect(await tries('--yolo', ...write)).to.equal('ran')
    })

    it('.letta/settings.json denies at once, and allows once the directory is trusted', async () => {
      install('npm', 'echo "npm $*"')
      shell.write('.env', 'SECRET=1')
      shell.write(
        '.letta/settings.json',
        `{
  "permissions": {
    "allow": ["Bash(npm run lint)", "Read(src/**)"],
    "deny": ["Bash(rm -rf:*)", "Read(.env)"]
  }
}`,
      )
      expect(await tries('', ...bash('npm run lint'))).to.equal('refused')
      expect(lines.asked()).to.include(
        '--trust (applies this directory’s rules: Bash(npm run lint))',
      )
      expect(await tries('--trust', ...bash('npm run lint'))).to.equal('ran')
      expect(await tries('--yolo', ...bash('rm -rf nothing'))).to.equal('refused')
      expect(await tries('--yolo', 'Read', { file_path: '.env' })).to.equal('refused')
    })
  })

  describe('on a self-hosted server,', () => {
    it('export LETTA_BASE_URL="http://localhost:8283" connects to that server', async () => {
      const letta = await lettaOverHttp({ model: scriptedProvider([{ text: HI }]) })
      const environment = { LETTA_BASE_URL: letta.url }
      const { stdout } = await runs('letta -p "hi there"', environment)
      await letta.close()
      expect(stdout).to.equal(`${HI}\n`)
      expect(letta.requests).to.include('POST /v1/agents/')
    })
  })
})

describe('The table of promises of the specification', () => {
  it('names files and titles that exist', () => {
    const rows = readRows('SEED.md')
    expect(rows).not.to.deep.equal([])
    expect(findRowsWithoutTest(rows)).to.deep.equal([])
  })
})
