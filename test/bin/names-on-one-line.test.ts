import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { openShell } from '../support/command-line.ts'

/** Another line, a sequence for the terminal, another order, and what has no cell. */
const NAME = 'a\nletta: trusted\x1b[2J\u202e\u200b\u2028b'
const RAW = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/
const FORGED = /^letta: trusted/m

describe('A name with a line feed, control, bidi and zero-width characters', () => {
  it('is on one line, with what cannot be seen spelled out, in the texts of every subcommand', async () => {
    const shell = await openShell([
      {
        calls: [
          { name: 'Write', args: { file_path: `${NAME}.txt`, content: 'x\n' } },
          { name: 'Skill', args: { skill: NAME } },
        ],
      },
      { text: 'Done.' },
    ])
    const at = path.join(shell.project, NAME)
    for (const part of [`.skills/${NAME}`, '.letta', 'mem', `sub${NAME}`]) {
      mkdirSync(path.join(at, part), { recursive: true })
    }
    const files = {
      [`.skills/${NAME}/SKILL.md`]: `---\nname: ${JSON.stringify(NAME)}\ndescription: A skill\n---\nText.\n`,
      [`mem/${NAME}.md`]: `---\nlabel: ${JSON.stringify(NAME)}\ndescription: d\n---\nBe kind.\n`,
      [`${NAME}.json`]: '{',
      [`${NAME}.jsonl`]: 'x\n',
      [`.letta/memory-tests/${NAME}.md`]: `---\nexpect: x\n---\nWho?\n`,
    }
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(at, file)), { recursive: true })
      writeFileSync(path.join(at, file), text)
    }
    const shown: Record<string, string> = {}
    const run = async (argv: readonly string[], options = ['-C', NAME]): Promise<string> => {
      const { stdout, stderr, code } = await shell.letta([...argv, ...options])
      shown[argv.join(' ')] = `${code}\n${stdout}${stderr}`
      return stdout
    }
    await run(['--info'])
    await run(['permissions', 'list'])
    await run(['trust'])
    await run(['permissions', 'list', '--allowedTools', `Read(${NAME})`])
    await run(['skills', 'list'])
    await run(['tools', 'list'])
    await run(['doctor'])
    await run(['-p', 'Write it', '--name', NAME, '--yolo'])
    await run(['-p', 'Again', '--name', `other${NAME}`])
    const { id } = JSON.parse(
      (await shell.letta(['agents', 'list', '--json', '-C', NAME])).stdout,
    )[0]
    await run(['agents', 'list'])
    for (const list of ['agents', 'models', 'blocks', 'conversations', 'accounts', 'themes'])
      await run(['completion', list])
    await run(['changes'])
    await run(['changes'], ['-C', path.join(NAME, `sub${NAME}`)])
    // The command that is printed names the directory to a shell.
    const [, quoted = ''] = /-C (\$'.*')$/m.exec(shown['changes'] ?? '') ?? []
    const env = { LC_ALL: 'C.UTF-8', PATH: process.env['PATH'] }
    const named = execFileSync('bash', ['-c', `printf %s ${quoted}`], { encoding: 'utf8', env })
    expect(named).to.equal(at)
    await run(['changes', NAME])
    await run(['changes', '--since', NAME])
    await run(['memory', 'import', 'mem', '--yes'])
    await run(['memory', 'import', NAME])
    for (const args of [
      ['list'],
      ['doctor'],
      ['test'],
      ['export', `out${NAME}`],
      ['sync', `out${NAME}`],
      ['diff'],
      ['import', `out${NAME}`],
    ])
      await run(['memory', ...args])
    for (const verb of ['show', 'log', 'blame', 'diff', 'edit'])
      for (const label of [NAME, `no${NAME}`]) await run(['memory', verb, label])
    for (const version of ['@1', '@0', `@${NAME}`])
      await run(['memory', 'restore', NAME + version, '--yes'])
    await run(['memory', 'ask', 'Who?', '--without', NAME])
    await run(['memory', 'ask', 'Who?', '--without', `no${NAME}`])
    await run(['memory', 'test', NAME])
    await run(['conversations', 'list'])
    await run(['conversations', 'search', NAME])
    await run(['conversations', 'show', NAME])
    await run(['conversations', 'show', 'default'])
    await run(['conversations', 'export', 'default', `${NAME}.md`])
    await run(['conversations', 'export', 'default', `${NAME}.md`])
    await run(['conversations', 'export', 'default', `${NAME}.zz`])
    await run(['conversations', 'delete', NAME, '--yes'])
    await run(['agents', 'export', id, `${NAME}.af`])
    await run(['agents', 'import', `${NAME}.af`])
    await run(['agents', 'import', `${NAME}.json`])
    await run(['agents', 'import', `no${NAME}`])
    await run(['agents', 'export', NAME])
    await run(['agents', 'copy', id, '--to', NAME])
    await run(['agents', 'delete', NAME, '--yes'])
    await run(['import', `${NAME}.jsonl`])
    await run(['import', `${NAME}.json`])
    await run(['replay', `${NAME}.jsonl`])
    await run(['replay', NAME])
    await run(['backup', 'list'])
    await run(['backup', 'restore', NAME, '--yes'])
    await run(['connect', NAME])
    await run(['accounts', 'list'])
    await run(['accounts', 'use', NAME])
    await run(['accounts', 'remove', NAME])
    await run(['completion', NAME])
    await run([`--${NAME}`])
    await run([NAME])
    for (const flag of [
      'model',
      'agent',
      'conversation',
      'effort',
      'tools',
      'backend',
      'skills',
      'theme',
      'keymap',
      'permission-mode',
      'output-format',
      'record',
      'max-cost',
      'allowedTools',
      'disallowedTools',
      'add-dir',
      'init-blocks',
      'toolset',
    ])
      await run(['-p', 'Hi', `--${flag}`, NAME])
    await run(['agents', 'delete', id, '--yes'])
    const rules = { allow: [`Read(${NAME})`], deny: [`Bash(${NAME})`, NAME] }
    const broken = JSON.stringify({ [NAME]: 1, permissions: rules })
    writeFileSync(path.join(at, '.letta', 'settings.json'), broken)
    for (const args of [['--info'], ['permissions', 'list'], ['doctor'], ['-p', 'Hi']])
      await run(args)
    await shell.close()
    const faults = Object.entries(shown).filter(([, text]) => RAW.test(text) || FORGED.test(text))
    expect(faults.map(([argv, text]) => [argv, text])).to.deep.equal([])
  })
})
