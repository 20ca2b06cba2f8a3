import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { decide } from '../../lib/permissions/decide.ts'
import { reasons, uncertainties } from '../../lib/permissions/messages.ts'
import {
  NO_RULES,
  type PermissionMode,
  type PermissionRule,
  type RuleSource,
  type Verdict,
} from '../../lib/permissions/types.ts'
import { requestFor } from '../support/permission-requests.ts'
import {
  addLinks,
  createProjectDirectory,
  type ProjectDirectory,
} from '../support/project-directory.ts'

interface PolicyOptions {
  readonly mode?: PermissionMode
  readonly allow?: readonly string[]
  readonly deny?: readonly string[]
  readonly ask?: readonly string[]
  readonly source?: RuleSource
}

describe('A decision', () => {
  let directory: ProjectDirectory

  before(() => {
    directory = createProjectDirectory()
    addLinks(directory.project)
  })

  after(() => directory.remove())

  function verdict(tool: string, args: object, given: PolicyOptions = {}): Promise<Verdict> {
    const { mode = 'default', source = 'user' } = given
    const list = (texts: readonly string[] = []): readonly PermissionRule[] =>
      texts.map((text) => ({ text, source }))
    const rules = { allow: list(given.allow), deny: list(given.deny), ask: list(given.ask) }
    const request = requestFor(tool, args, directory.project, directory.home)
    return decide({ mode, rules, bounds: directory.bounds }, request)
  }

  const decision = async (tool: string, args: object, given?: PolicyOptions): Promise<string> =>
    (await verdict(tool, args, given)).decision
  const bash = (command: string, given?: PolicyOptions): Promise<string> =>
    decision('Bash', { command }, given)
  const read = (file_path: string, given?: PolicyOptions): Promise<string> =>
    decision('Read', { file_path }, given)
  const write = (file_path: string, given?: PolicyOptions): Promise<string> =>
    decision('Write', { file_path }, given)

  it('names the rule, its source and the part of the line that it concerns', async () => {
    expect(
      await verdict('Bash', { command: 'ls && sudo rm -rf x' }, { deny: ['Bash(rm:*)'] }),
    ).to.deep.equal({
      decision: 'deny',
      rule: 'Bash(rm:*)',
      source: 'user',
      because: reasons.deniedByRule,
      part: 'rm -rf x',
    })
    expect(
      await verdict('Bash', { command: 'npm test; npm start' }, { allow: ['Bash(npm test:*)'] }),
    ).to.deep.equal({
      decision: 'ask',
      rule: null,
      source: null,
      because: reasons.noRuleNotReadOnly,
      part: 'npm start',
    })
  })

  it('allows a line only when every command in it is allowed', async () => {
    const given = { allow: ['Bash(git commit:*)', 'Bash(npm test)'] }
    expect(await bash('npm test && git commit -m x | tail -3', given)).to.equal('allow')
    for (const more of [
      '&& rm x',
      '; rm x',
      '| sh',
      '$(rm x)',
      '`rm x`',
      '\nrm x',
      '& rm x',
      '> x',
      '<(rm x)',
    ]) {
      expect(await bash(`git commit ${more}`, given), more).to.equal('ask')
    }
  })

  it('asks about a line of more commands than can be checked at once', async () => {
    const because = uncertainties.tooManyCommands
    for (const line of ['ls; '.repeat(3_000), `cat ${'README.md '.repeat(4_000)}`])
      expect(await verdict('Bash', { command: line })).to.include({ decision: 'ask', because })
    expect(await bash(`git ${'-C src -C .. '.repeat(20)} status`)).to.equal('ask')
    expect(await bash('ls; '.repeat(500))).to.equal('allow')
  })

  it('treats a doubled star in a command rule like a single one', async () => {
    expect(await bash('rm -rf x', { deny: ['Bash(rm:**)'], mode: 'bypassPermissions' })).to.equal(
      'deny',
    )
    expect(await bash('npm test x', { allow: ['Bash(npm test:**)'] })).to.equal('allow')
  })

  it('asks about a path with `..` after a link that leaves the project', async () => {
    for (const tool of ['Read', 'LS', 'Grep', 'Glob', 'Edit']) {
      const args = { file_path: 'link-out/../x', path: 'link-out/../x', pattern: '*' }
      expect((await verdict(tool, args, { mode: 'acceptEdits' })).decision, tool).to.equal('ask')
    }
    expect(await read('src/../README.md')).to.equal('allow')
    expect((await verdict('Glob', { pattern: 'src/*/../../../*' })).decision).to.equal('ask')
    expect((await verdict('Glob', { pattern: '@(..)/*' })).decision).to.equal('ask')
  })

  it('lets a command prefix that ends in a directory cover the files in it', async () => {
    const rule = ['Bash(npx tsx /opt/skills/mail:*)']
    for (const file of ['/opt/skills/mail', '/opt/skills/mail/send.ts']) {
      expect(await bash(`npx tsx ${file} x`, { allow: rule }), file).to.equal('allow')
      expect(await bash(`npx tsx ${file} x`, { deny: rule, mode: 'bypassPermissions' })).to.equal(
        'deny',
      )
    }
    expect(await bash('npx tsx /opt/skills/mailbox/x.ts', { allow: rule })).to.equal('ask')
    expect(await bash('npx tsx /opt/skills/mail/../x.ts', { allow: rule })).to.equal('ask')
  })

  it('checks the files that wildcards match', async () => {
    const { project } = directory
    mkdirSync(path.join(project, 'odd'))
    for (const name of ['-oPWNED', '--output=x', 'a.txt']) {
      writeFileSync(path.join(project, 'odd', name), '')
    }
    for (const line of ['sort *', 'sort ?oPWNED', 'sort [-]*', 'git diff *', 'sort {*,a}']) {
      expect(await bash(`cd odd && ${line}`), line).to.equal('ask')
    }
    for (const line of ['sort ./*', 'sort a*', 'sort *.txt', "grep '*' a.txt"]) {
      expect(await bash(`cd odd && ${line}`), line).to.equal('allow')
    }
    for (const line of ['grep ../* x', 'grep link-* x', 'rg ../?ecret.txt src']) {
      expect(await bash(line), line).to.equal('ask')
    }
    for (const line of ['grep -n foo.* README.md', 'grep src/* README.md', 'rg [a-z]+ src']) {
      expect(await bash(line), line).to.equal('allow')
    }
  })

  it('matches a command prefix only at a word boundary', async () => {
    const given = { allow: ['Bash(npm run test:*)'] }
    expect(await bash('npm run test -- --watch', given)).to.equal('allow')
    expect(await bash('npm run test-evil', given)).to.equal('ask')
    expect(await bash('npm run test/../evil', given)).to.equal('ask')
  })

  it('denies a denied program in every mode, however it is called', async () => {
    const lines = [
      'rm x',
      '/bin/rm x',
      '\\rm x',
      'sudo env A=1 rm x',
      'sh -c "rm x"',
      'xargs rm',
      '$(echo rm) x',
    ]
    for (const mode of ['default', 'acceptEdits', 'plan', 'bypassPermissions'] as const) {
      for (const line of lines)
        expect(await bash(line, { mode, deny: ['Bash(rm:*)'], allow: ['Bash'] }), line).to.equal(
          'deny',
        )
    }
  })

  it('denies options in any order and form, and subcommands after options', async () => {
    for (const line of ['rm -fr x', 'rm -r -f x', 'rm x --recursive --force', 'rm -vrf x']) {
      expect(await bash(line, { deny: ['Bash(rm -rf:*)'] }), line).to.equal('deny')
    }
    for (const line of ['git push', 'git -C . push', 'git -c a=b push -f', 'git --no-pager push']) {
      expect(await bash(line, { deny: ['Bash(git push:*)'] }), line).to.equal('deny')
    }
    expect(await bash('git log --grep push', { deny: ['Bash(git push:*)'] })).to.equal('allow')
  })

  it('allows commands that only read inside the project', async () => {
    for (const line of [
      'ls -la src',
      'git log --oneline | head -5',
      'cat src/*.ts',
      'cd src && wc -l a.ts',
    ]) {
      expect(await bash(line), line).to.equal('allow')
    }
  })

  it('asks about a line that reads outside the project, writes, or could run something', async () => {
    const lines = [
      'cat /etc/passwd',
      'cat link-secret',
      'cat link*',
      'cd link-out && ls',
      'ls > x',
      'sort -o x y',
    ]
    const more = [
      'git -c core.pager=x log',
      'find . -delete',
      'rg --pre x y',
      "sed 's/a/b/e' x",
      'PATH=. ls',
      'echo $KEY',
    ]
    for (const line of [...lines, ...more, './ls', 'ls\u200b', 'f() { ls; }; f', '"ls']) {
      expect(await bash(line), line).to.equal('ask')
    }
  })

  it('does not let an allow rule cover other directories, written files or environment variables', async () => {
    const given = { allow: ['Bash(npm test:*)'] }
    for (const line of [
      'cd / && npm test',
      'npm test > ~/.bashrc',
      'NODE_OPTIONS=x npm test',
      'sudo npm test',
    ]) {
      expect(await bash(line, given), line).to.equal('ask')
    }
    expect(await bash('CI=1 timeout 60 npm test > /dev/null 2>&1', given)).to.equal('allow')
  })

  it('allows a redirection to a file that a Write rule allows', async () => {
    expect(await bash('ls > out.txt', { allow: ['Write(out.txt)'] })).to.equal('allow')
    expect(
      await bash('ls > out.txt', { deny: ['Write(out.txt)'], mode: 'bypassPermissions' }),
    ).to.equal('deny')
  })

  it('asks about a redirection to a file in acceptEdits mode', async () => {
    expect(await bash('ls > out.txt', { mode: 'acceptEdits' })).to.equal('ask')
  })

  it('denies a denied file to programs as well', async () => {
    const given = { deny: ['Read(.env)'], mode: 'bypassPermissions' } as const
    for (const line of [
      'cat .env',
      'cat < ./.env',
      'cat src/../.env',
      'cat .e*',
      'cp .env x',
      'dd if=.env',
    ]) {
      expect(await bash(line, given), line).to.equal('deny')
    }
    expect(await bash('echo .env', given)).to.equal('allow')
  })

  it('does not allow what could be a denied file by its short name on Windows', async () => {
    const denied: readonly (readonly [rule: string, ...files: readonly string[]])[] = [
      ['.env', 'ENV~1', 'env~2', './ENV~1'],
      ['.env.local', 'ENV~1.LOC', 'env~12.loc'],
      ['secret keys/**', 'SECRET~1/a', 'secret~1/b/c'],
      ['master keys/.env', 'MASTER~1/ENV~1', 'master keys/ENV~1', 'MASTER~1/.env'],
      ['public keys.json', 'PUBLIC~1.JSO'],
      ['**/id_ed25519', 'src/ID_ED2~1'],
    ]
    for (const [rule, ...files] of denied) {
      const deny = [`Read(${rule})`]
      for (const file of files) {
        expect(await read(file, { deny }), file).to.not.equal('allow')
        expect(await bash(`cat '${file}'`, { deny }), file).to.not.equal('allow')
      }
      for (const file of ['HEAD~1', 'README~1', 'notes~1.md', 'README.md'])
        expect(await read(file, { deny }), file).to.equal('allow')
    }
  })

  it('allows everything in bypass mode except denied commands, and asks where those could hide', async () => {
    const mode = 'bypassPermissions'
    expect(await bash('curl x | sh', { mode })).to.equal('allow')
    expect(await bash('npm test', { mode, deny: ['Bash(rm:*)'] })).to.equal('allow')
    expect(await bash('$X y', { mode, deny: ['Bash(rm:*)'] })).to.equal('ask')
    expect(await bash('echo "x', { mode, deny: ['Bash(rm:*)'] })).to.equal('ask')
  })

  it('allows only reading in plan mode', async () => {
    expect(await bash('git status && ls', { mode: 'plan' })).to.equal('allow')
    expect(await bash('npm test', { mode: 'plan', allow: ['Bash'] })).to.equal('deny')
    expect(await write('x', { mode: 'plan', allow: ['Write'] })).to.equal('deny')
    expect(await read('src/a.ts', { mode: 'plan' })).to.equal('allow')
    expect((await verdict('ExitPlanMode', {}, { mode: 'plan' })).decision).to.equal('ask')
  })

  it('asks about a tool that requires consent in every mode', async () => {
    expect(
      (await verdict('ExitPlanMode', {}, { mode: 'bypassPermissions', allow: ['ExitPlanMode'] }))
        .decision,
    ).to.equal('ask')
  })

  it('asks where an ask rule of a file requires it, unless a rule of this run allows the call', async () => {
    const rules = { allow: ['Bash(make:*)'], ask: ['Bash(make:*)'] }
    expect(await bash('make', rules)).to.equal('ask')
    expect(await bash('make', { ...rules, source: 'project' })).to.equal('ask')
    expect(await bash('make', { ...rules, source: 'session' })).to.equal('allow')
    const paths = { allow: ['Read(src/**)'], ask: ['Read(src/**)'] }
    expect(await read('src/a.ts', paths)).to.equal('ask')
    expect(await read('src/a.ts', { ...paths, source: 'flag' })).to.equal('allow')
  })

  it('asks by an ask rule of a file whichever tool or program reads it', async () => {
    const rules = {
      allow: ['Bash(cat:*)', 'Grep', 'Glob', 'LS', 'Edit(**)'],
      ask: ['Read(src/a.ts)'],
    }
    const grep = { pattern: 'x', path: 'src/a.ts' }
    expect(await decision('Grep', grep, rules)).to.equal('ask')
    expect(await decision('LS', { path: `${directory.project}/src/a.ts` }, rules)).to.equal('ask')
    expect(await write('src/a.ts', rules)).to.equal('ask')
    for (const line of ['cat src/a.ts', 'cat < src/a.ts', 'cd src && cat a.ts']) {
      expect(await bash(line, rules), line).to.equal('ask')
    }
    expect(await bash('cat src/b.ts', rules)).to.equal('allow')
  })

  it('allows reading inside the project and asks outside', async () => {
    expect(await read('src/a.ts')).to.equal('allow')
    expect(await read('link-in')).to.equal('allow')
    for (const file of [
      '../secret.txt',
      'link-secret',
      '/etc/passwd',
      '~/.ssh/id_rsa',
      `${directory.project}-evil`,
    ]) {
      expect(await read(file), file).to.equal('ask')
    }
  })

  it('denies a denied file under every spelling of its path', async () => {
    for (const file of ['.env', './.env', 'src/../.env', './/.env', `${directory.project}/.env`]) {
      expect(await read(file, { deny: ['Read(.env)'] }), file).to.equal('deny')
    }
    for (const mode of ['default', 'bypassPermissions'] as const) {
      expect(await read('.ENV', { deny: ['Read(.env)'], mode }), mode).to.equal('ask')
    }
    expect(
      (await verdict('Grep', { pattern: 'x', path: '.env' }, { deny: ['Read(.env)'] })).decision,
    ).to.equal('deny')
    expect(
      (await verdict('Edit', { file_path: '.env' }, { deny: ['Read(.env)'] })).decision,
    ).to.equal('deny')
  })

  it('asks about a denied file by every name that a file system can take for the same', async () => {
    const deny = ['Read(.env)', 'Read(Secrets/**)', 'Read(STRASSE/*.txt)', 'Read(cafe\u0301/**)']
    const names = [
      ...['.ENV', '.e\u200cnv', '\u202e.env', 'secrets/a', '\u017fecret\u017f/a', 'SECRETS'],
      ...['stra\u00dfe/a.TXT', 'STRA\u1e9eE/a.txt', 'CAF\u00c9/a', 'cafe\u0301/a'],
    ]
    for (const mode of ['default', 'acceptEdits', 'bypassPermissions'] as const) {
      for (const name of names) {
        expect(await read(name, { deny, mode }), name).to.not.equal('allow')
        expect(await bash(`cat '${name}'`, { deny, mode }), name).to.not.equal('allow')
      }
    }
    expect(await read('src/a.ts', { deny })).to.equal('allow')
    expect(await read('README.md', { allow: ['Read(/**)'], deny })).to.equal('allow')
    expect(await write('SRC/a.ts', { allow: ['Write(src/**)'] })).to.equal('ask')
  })

  it('asks about a search of a directory that a rule names in another case', async () => {
    for (const rule of ['Read(SRC/a.ts)', 'Read(\u017frc/sub/**)', 'Read(Src/**)']) {
      for (const mode of ['default', 'bypassPermissions'] as const) {
        expect(await bash('grep -r x src', { deny: [rule], mode }), rule).to.not.equal('allow')
      }
    }
  })

  it('denies an edit of a file that must not be written', async () => {
    const given = { mode: 'bypassPermissions', deny: ['Write(src/**)'] } as const
    for (const tool of ['Edit', 'MultiEdit']) {
      expect(await decision(tool, { file_path: 'src/a.ts' }, given), tool).to.equal('deny')
    }
    expect(await read('src/a.ts', given)).to.equal('allow')
  })

  it('denies a link by its own name and by the file that it leads to', async () => {
    for (const rule of ['Read(link-in)', 'Read(src/a.ts)']) {
      expect(await read('link-in', { deny: [rule] }), rule).to.equal('deny')
    }
    expect(await read('src/a.ts', { deny: ['Read(link-in)'] })).to.equal('allow')
  })

  it('matches directories whose names contain brackets as they are written', async () => {
    const given = {
      deny: [
        'Read(app/[id]/**)',
        'Read(docs/[[...slug]]/page-[0-9].ts)',
        'Read(~/[a-c]/[x].ts)',
        'Read(pages/[...all].ts)',
        'Read(notes/[id]-[0-9].ts)',
      ],
    }
    for (const path of [
      'app/[id]/x.ts',
      'app/[ID]/x.ts',
      'app/i/x.ts',
      'docs/[[...slug]]/page-4.ts',
      'docs/[[...slug]]/page-[0-9].ts',
      '~/b/[x].ts',
      '~/[a-c]/x.ts',
      'pages/[...all].ts',
      'notes/[id]-4.ts',
      'notes/i-[0-9].ts',
    ]) {
      expect(await read(path, given), path).to.not.equal('allow')
    }
    expect(await bash("cat 'app/[id]/x.ts'", given)).to.equal('deny')
    expect(await bash('cat app/\\[id\\]/x.ts', given)).to.equal('deny')
    expect(await decision('Grep', { pattern: 'x', path: 'app/[id]' }, given)).to.equal('deny')
    expect(await read('app/[id/x.ts', given)).to.equal('allow')
    expect(await read('app/x/x.ts', given)).to.equal('allow')
    expect(await write('app/[id]/x.ts', { allow: ['Write(app/[id]/**)'] })).to.equal('allow')
    expect(await write('app/x/x.ts', { allow: ['Write(app/[id]/**)'] })).to.equal('ask')
  })

  it('denies every file by a glob that is too complex, and allows none by it', async () => {
    const glob = `{a,b}`.repeat(12)
    expect(await read('src/a.ts', { deny: [`Read(${glob})`] })).to.equal('deny')
    expect(await read('../secret.txt', { allow: [`Read(//${glob})`] })).to.equal('ask')
  })

  it('asks about a protected file whose name some file systems treat as another', async () => {
    const given = { mode: 'acceptEdits' } as const
    for (const name of ['.g\u200bit', '.git.', '.git ', 'GIT~1', '.git::$INDEX_ALLOCATION']) {
      expect(await write(`${name}/config`, given), name).to.equal('ask')
    }
  })

  it('asks about a program of the packages of the project, which a later line could run', async () => {
    const active = [`${directory.project}/env/bin`]
    const bounds = { ...directory.bounds, programs: active }
    const rules = { allow: [], deny: [], ask: [] }
    for (const name of [
      '.venv/bin/pip',
      'web/venv/bin/wc',
      'node_modules/.bin/tsc',
      'env/bin/wc',
    ]) {
      const file_path = `${directory.project}/${name}`
      const request = requestFor(
        'Write',
        { file_path, content: '' },
        directory.project,
        directory.home,
      )
      const { decision } = await decide({ mode: 'acceptEdits', rules, bounds }, request)
      expect(decision, name).to.equal('ask')
    }
  })

  it('asks about a search of all files when the home directory is the project', async () => {
    const bounds = { ...directory.bounds, directory: directory.home }
    for (const command of ['grep -rn x .', 'find . -type f -exec cat {} +', 'rg x', 'rg x src']) {
      const request = requestFor('Bash', { command }, directory.home, directory.home)
      const policy = { mode: 'default' as const, rules: { allow: [], deny: [], ask: [] }, bounds }
      const wanted = command === 'rg x src' ? 'allow' : 'ask'
      expect((await decide(policy, request)).decision, command).to.equal(wanted)
    }
  })

  it('asks about a find command that restricts the files after -exec', async () => {
    expect(await bash('find . -type f -exec cat {} +')).to.equal('allow')
    const { runs } = await verdict('Bash', { command: 'find . -exec cat {} + -type f' })
    expect(runs).to.equal('find . -type f -exec cat {} + -type f')
    expect(await bash('find . -type f -o -exec cat {} +')).to.equal('ask')
  })

  it('does not let a rule with only a program cover options that write or run something', async () => {
    for (const [rule, line] of [
      ['Bash(find:*)', 'find . -delete'],
      ['Bash(sort:*)', 'sort -o x README.md'],
      ['Bash(git diff:*)', 'git diff --output=x'],
      ['Bash(tar:*)', 'tar -xf a -I ./evil'],
    ] as const) {
      expect(await bash(line, { allow: [rule] }), line).to.equal('ask')
    }
    expect(await bash('find . -delete', { allow: ['Bash(find . -delete:*)'] })).to.equal('allow')
  })

  it('does not let an allow rule run programs in a readable directory outside the project', async () => {
    const outside = path.dirname(directory.project)
    const bounds = { ...directory.bounds, readable: [outside] }
    const rules = { ...NO_RULES, allow: [{ text: 'Bash(npm test:*)', source: 'user' as const }] }
    const decideIn = async (command: string): Promise<string> => {
      const request = requestFor('Bash', { command }, directory.project, directory.home)
      return (await decide({ mode: 'default', rules, bounds }, request)).decision
    }
    expect(await decideIn(`cd ${outside} && ls`)).to.equal('allow')
    expect(await decideIn(`cd ${outside} && npm test`)).to.equal('ask')
  })

  it('asks about input from a file that is not readable', async () => {
    expect(await bash('wc -l < README.md')).to.equal('allow')
    expect(await bash('wc -l < ../secret.txt')).to.equal('ask')
  })

  it('asks about a variable that programs read, even without a program after it', async () => {
    const given = { allow: ['Bash(npm test:*)'] }
    expect(await bash('name=x; npm test', given)).to.equal('allow')
    expect(await bash('http_proxy=x; npm test', given)).to.equal('ask')
    expect(await bash('npm_config_registry=x; npm test', given)).to.equal('ask')
  })

  it('denies every tool by a rule for *, files included', async () => {
    expect(await read('src/a.ts', { deny: ['*'] })).to.equal('deny')
    expect((await verdict('mcp__x', {}, { deny: ['*'] })).decision).to.equal('deny')
  })

  it('allows edits in acceptEdits mode, except of files that execute code or grant permissions', async () => {
    const given = { mode: 'acceptEdits' } as const
    expect(await write('src/new.ts', given)).to.equal('allow')
    for (const file of [
      '../x',
      '.git/hooks/pre-commit',
      '.letta/settings.json',
      '~/.bashrc',
      '.husky/x',
      '.GIT/config',
      'lefthook.yml',
      '.pnpmfile.cjs',
      '.mvn/jvm.config',
      'a.code-workspace',
      '.docker/config.json',
      'AGENTS.md',
      'docs/Claude.md',
      '.skills/web/SKILL.MD',
      '.mcp.json',
    ]) {
      expect(await write(file, given), file).to.equal('ask')
    }
    expect(await write('.git/config', { allow: ['Write', 'Write(**)'] })).to.equal('ask')
    expect(await write('.git/config', { allow: ['Write(.git/config)'] })).to.equal('allow')
  })

  it('asks about the keys in the home directory, even when that is the project', async () => {
    const bounds = { ...directory.bounds, directory: directory.home }
    const request = requestFor(
      'Read',
      { file_path: '.letta/settings.json' },
      directory.home,
      directory.home,
    )
    const rules = { allow: [], deny: [], ask: [] }
    expect((await decide({ mode: 'acceptEdits', rules, bounds }, request)).decision).to.equal('ask')
  })

  it('asks about the files of letta where LETTA_HOME is, and about those in ~/.letta as well', async () => {
    const { home, project } = directory
    const lettaDirectory = path.join(project, 'state')
    const bounds = { ...directory.bounds, lettaDirectory }
    const judged = async (tool: string, args: object, root = project): Promise<string> => {
      const request = requestFor(tool, args, root, home)
      const rules = { allow: [], deny: [], ask: [] }
      const all = { ...bounds, directory: root }
      return (await decide({ mode: 'acceptEdits', rules, bounds: all }, request)).decision
    }
    expect(await judged('Read', { file_path: 'src/a.ts' })).to.equal('allow')
    for (const file of ['state/accounts.json', 'STATE/letta.db', 'state']) {
      expect(await judged('Read', { file_path: file }), file).to.equal('ask')
      expect(await judged('Write', { file_path: file }), file).to.equal('ask')
      expect(await judged('Bash', { command: `cat ${file}` }), file).to.equal('ask')
      expect(await judged('Bash', { command: `touch ${file}` }), file).to.equal('ask')
    }
    expect(await judged('Grep', { pattern: 'key', path: '.' })).to.equal('ask')
    expect(await judged('Bash', { command: 'grep -r key .' })).to.equal('ask')
    for (const file of ['.letta/accounts.json', '.letta/settings.json']) {
      expect(await judged('Read', { file_path: file }, home), file).to.equal('ask')
      expect(await judged('Write', { file_path: file }, home), file).to.equal('ask')
    }
  })

  it('asks about a line that sets LETTA_HOME, whatever rules allow letta', async () => {
    const allow = ['Bash(letta:*)']
    expect(await bash('letta memory list', { allow })).to.equal('allow')
    for (const line of [
      'LETTA_HOME=./state letta memory list',
      'env LETTA_HOME=./state letta memory list',
      'export LETTA_HOME=./state; letta memory list',
      'LETTA_HOME=./state; letta memory list',
    ]) {
      expect(await bash(line, { allow }), line).to.equal('ask')
    }
  })

  it('asks about tokens, histories and processes in whichever directory', async () => {
    const { home, project } = directory
    const judged = async (tool: string, args: object, root: string): Promise<string> => {
      const bounds = { ...directory.bounds, directory: root }
      const request = requestFor(tool, { ...args }, root, home)
      const rules = { allow: [], deny: [], ask: [] }
      return (await decide({ mode: 'default', rules, bounds }, request)).decision
    }
    for (const file of [
      ...['.git-credentials', '.config/gh/hosts.yml', '.npmrc', '.pypirc', '.netrc', '.NETRC'],
      ...['.docker/config.json', '.kube/config', '.aws/credentials', '.azure/x', '.SSH/id_rsa'],
      ...['.config/gcloud/x', '.bash_history', '.zsh_history', '.python_history', '.pgpass'],
      ...['.local/share/keyrings/x', '.mozilla/x', '.config/google-chrome/x', '.my.cnf'],
      ...['.config/chromium/x', '.password-store/x.gpg'],
    ]) {
      expect(await judged('Read', { file_path: file }, home), file).to.equal('ask')
      expect(await judged('Bash', { command: `cat ${file}` }, home), file).to.equal('ask')
    }
    for (const command of [
      ...['cat /proc/1/environ', 'cat /dev/sda', 'cat /sys/kernel/x', 'grep -r x /', 'find /'],
      ...['cd / && find .', 'rg x /', 'find /proc', 'ls -R /proc'],
    ]) {
      expect(await judged('Bash', { command }, '/'), command).to.equal('ask')
    }
    expect(await judged('Read', { file_path: '/proc/1/environ' }, '/')).to.equal('ask')
    expect(await judged('Grep', { pattern: 'x', path: '/' }, '/')).to.equal('ask')
    expect(await judged('Grep', { pattern: 'x', path: home }, home)).to.equal('ask')
    expect(await judged('Bash', { command: 'grep -r x .config' }, home)).to.equal('ask')
    expect(await judged('Bash', { command: 'grep -r x src' }, home)).to.not.equal('deny')
    expect(await judged('Read', { file_path: 'src/a.ts' }, home)).to.equal('allow')
    expect(await judged('Read', { file_path: '.npmrc' }, project)).to.equal('allow')
  })

  it('matches the paths of an allow rule segment by segment', async () => {
    const edit = (file_path: string): Promise<string> =>
      decision('Edit', { file_path }, { allow: ['Edit(src/**)'] })
    const files = ['src/a.ts', 'src/x/.y', 'srcx/a.ts', '../src/a.ts']
    expect(await Promise.all(files.map(edit))).to.deep.equal(['allow', 'allow', 'ask', 'ask'])
  })

  it('ignores a malformed allow rule, but obeys a deny rule with a stray space', async () => {
    const test = { command: 'npm test' }
    for (const rule of ['Bash (npm test)', 'Bash(npm test', 'Bash npm test', 'Bash(npm test))']) {
      expect((await verdict('Bash', test, { allow: [rule] })).decision, rule).to.equal('ask')
    }
    expect((await verdict('Bash', test, { deny: ['Bash (npm test)'] })).decision).to.equal('deny')
  })

  it('checks the files that a call names, even when the tool would reject the call', async () => {
    expect((await verdict('Glob', { path: '/etc' })).decision).to.equal('ask')
    expect((await verdict('Grep', { path: '.env' }, { deny: ['Read(.env)'] })).decision).to.equal(
      'deny',
    )
    expect((await verdict('Write', { file_path: 'x' }, { mode: 'plan' })).decision).to.equal('deny')
  })

  it('asks about unknown tools, and denies them in plan mode', async () => {
    expect((await verdict('mcp__x', {})).decision).to.equal('ask')
    expect((await verdict('mcp__x', {}, { allow: ['mcp__x'] })).decision).to.equal('allow')
    expect((await verdict('mcp__x', {}, { mode: 'plan' })).decision).to.equal('deny')
  })
})
