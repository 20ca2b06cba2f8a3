import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { decide } from '../../lib/permissions/decide.ts'
import type {
  PermissionMode,
  PermissionRule,
  RuleSource,
  Verdict,
} from '../../lib/permissions/types.ts'
import { requestFor } from '../support/permission-requests.ts'
import {
  addLinks,
  createProjectDirectory,
  type ProjectDirectory,
} from '../support/project-directory.ts'

interface Given {
  readonly mode?: PermissionMode
  readonly allow?: readonly string[]
  readonly deny?: readonly string[]
  readonly ask?: readonly string[]
  readonly source?: RuleSource
}

describe('a decision', () => {
  let folder: ProjectDirectory

  before(() => {
    folder = createProjectDirectory()
    addLinks(folder.project)
  })

  after(() => folder.remove())

  function verdict(tool: string, args: object, given: Given = {}): Verdict {
    const { mode = 'default', source = 'user' } = given
    const list = (texts: readonly string[] = []): readonly PermissionRule[] =>
      texts.map((text) => ({ text, source }))
    const rules = { allow: list(given.allow), deny: list(given.deny), ask: list(given.ask) }
    const request = requestFor(tool, args, folder.project, folder.home)
    return decide({ mode, rules, ground: folder.ground }, request)
  }

  const bash = (command: string, given?: Given): string =>
    verdict('Bash', { command }, given).decision
  const read = (file_path: string, given?: Given): string =>
    verdict('Read', { file_path }, given).decision
  const write = (file_path: string, given?: Given): string =>
    verdict('Write', { file_path }, given).decision

  it('says which rule spoke, where it was written, and of what', () => {
    expect(
      verdict('Bash', { command: 'ls && sudo rm -rf x' }, { deny: ['Bash(rm:*)'] }),
    ).to.deep.equal({
      decision: 'deny',
      rule: 'Bash(rm:*)',
      source: 'user',
      because: 'A rule forbids it.',
      part: 'rm -rf x',
    })
    expect(
      verdict('Bash', { command: 'npm test; npm start' }, { allow: ['Bash(npm test:*)'] }),
    ).to.deep.equal({
      decision: 'ask',
      rule: null,
      source: null,
      because: 'No rule allows it, and it may do more than read.',
      part: 'npm start',
    })
  })

  it('allows a line only when every command in it is allowed', () => {
    const given = { allow: ['Bash(git commit:*)', 'Bash(npm test)'] }
    expect(bash('npm test && git commit -m x | tail -3', given)).to.equal('allow')
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
      expect(bash(`git commit ${more}`, given), more).to.equal('ask')
    }
  })

  it('takes a doubled star for one', () => {
    expect(bash('rm -rf x', { deny: ['Bash(rm:**)'], mode: 'bypassPermissions' })).to.equal('deny')
    expect(bash('npm test x', { allow: ['Bash(npm test:**)'] })).to.equal('allow')
  })

  it('asks about `..` behind a link that leads out of the project', () => {
    for (const tool of ['Read', 'LS', 'Grep', 'Glob', 'Edit']) {
      const args = { file_path: 'link-out/../x', path: 'link-out/../x', pattern: '*' }
      expect(verdict(tool, args, { mode: 'acceptEdits' }).decision, tool).to.equal('ask')
    }
    expect(read('src/../README.md')).to.equal('allow')
    expect(verdict('Glob', { pattern: 'src/*/../../../*' }).decision).to.equal('ask')
    expect(verdict('Glob', { pattern: '@(..)/*' }).decision).to.equal('ask')
  })

  it('takes a prefix that ends in a folder for all that lies in it', () => {
    const rule = ['Bash(npx tsx /opt/skills/mail:*)']
    for (const file of ['/opt/skills/mail', '/opt/skills/mail/send.ts']) {
      expect(bash(`npx tsx ${file} x`, { allow: rule }), file).to.equal('allow')
      expect(bash(`npx tsx ${file} x`, { deny: rule, mode: 'bypassPermissions' })).to.equal('deny')
    }
    expect(bash('npx tsx /opt/skills/mailbox/x.ts', { allow: rule })).to.equal('ask')
    expect(bash('npx tsx /opt/skills/mail/../x.ts', { allow: rule })).to.equal('ask')
  })

  it('looks at what wildcards would become', () => {
    const { project } = folder
    mkdirSync(path.join(project, 'odd'))
    for (const name of ['-oPWNED', '--output=x', 'a.txt']) {
      writeFileSync(path.join(project, 'odd', name), '')
    }
    for (const line of ['sort *', 'sort ?oPWNED', 'sort [-]*', 'git diff *', 'sort {*,a}']) {
      expect(bash(`cd odd && ${line}`), line).to.equal('ask')
    }
    for (const line of ['sort ./*', 'sort a*', 'sort *.txt', "grep '*' a.txt"]) {
      expect(bash(`cd odd && ${line}`), line).to.equal('allow')
    }
    for (const line of ['grep ../* x', 'grep link-* x', 'rg ../?ecret.txt src']) {
      expect(bash(line), line).to.equal('ask')
    }
    for (const line of ['grep -n foo.* README.md', 'grep src/* README.md', 'rg [a-z]+ src']) {
      expect(bash(line), line).to.equal('allow')
    }
  })

  it('ends a prefix at a word', () => {
    const given = { allow: ['Bash(npm run test:*)'] }
    expect(bash('npm run test -- --watch', given)).to.equal('allow')
    expect(bash('npm run test-evil', given)).to.equal('ask')
    expect(bash('npm run test/../evil', given)).to.equal('ask')
  })

  it('denies in every mode and through every disguise', () => {
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
        expect(bash(line, { mode, deny: ['Bash(rm:*)'], allow: ['Bash'] }), line).to.equal('deny')
    }
  })

  it('denies options in any order and form, and sub-commands behind options', () => {
    for (const line of ['rm -fr x', 'rm -r -f x', 'rm x --recursive --force', 'rm -vrf x']) {
      expect(bash(line, { deny: ['Bash(rm -rf:*)'] }), line).to.equal('deny')
    }
    for (const line of ['git push', 'git -C . push', 'git -c a=b push -f', 'git --no-pager push']) {
      expect(bash(line, { deny: ['Bash(git push:*)'] }), line).to.equal('deny')
    }
    expect(bash('git log --grep push', { deny: ['Bash(git push:*)'] })).to.equal('allow')
  })

  it('runs what provably only reads inside the project', () => {
    for (const line of [
      'ls -la src',
      'git log --oneline | head -5',
      'cat src/*.ts',
      'cd src && wc -l a.ts',
    ]) {
      expect(bash(line), line).to.equal('allow')
    }
  })

  it('asks before a line that reads elsewhere, writes, or may run something', () => {
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
      expect(bash(line), line).to.equal('ask')
    }
  })

  it('lets no allow rule reach outside the project, into files, or into the environment', () => {
    const given = { allow: ['Bash(npm test:*)'] }
    for (const line of [
      'cd / && npm test',
      'npm test > ~/.bashrc',
      'NODE_OPTIONS=x npm test',
      'sudo npm test',
    ]) {
      expect(bash(line, given), line).to.equal('ask')
    }
    expect(bash('CI=1 timeout 60 npm test > /dev/null 2>&1', given)).to.equal('allow')
  })

  it('lets a redirection write where a rule lets Write', () => {
    expect(bash('ls > out.txt', { allow: ['Write(out.txt)'] })).to.equal('allow')
    expect(bash('ls > out.txt', { deny: ['Write(out.txt)'], mode: 'bypassPermissions' })).to.equal(
      'deny',
    )
  })

  it('keeps what may not be read from programs, too', () => {
    const given = { deny: ['Read(.env)'], mode: 'bypassPermissions' } as const
    for (const line of [
      'cat .env',
      'cat < ./.env',
      'cat src/../.env',
      'cat .e*',
      'cp .env x',
      'dd if=.env',
    ]) {
      expect(bash(line, given), line).to.equal('deny')
    }
    expect(bash('echo .env', given)).to.equal('allow')
  })

  it('allows all but what is denied when everything is allowed, and asks where that could hide', () => {
    const mode = 'bypassPermissions'
    expect(bash('curl x | sh', { mode })).to.equal('allow')
    expect(bash('npm test', { mode, deny: ['Bash(rm:*)'] })).to.equal('allow')
    expect(bash('$X y', { mode, deny: ['Bash(rm:*)'] })).to.equal('ask')
    expect(bash('echo "x', { mode, deny: ['Bash(rm:*)'] })).to.equal('ask')
  })

  it('lets plan mode look and nothing else', () => {
    expect(bash('git status && ls', { mode: 'plan' })).to.equal('allow')
    expect(bash('npm test', { mode: 'plan', allow: ['Bash'] })).to.equal('deny')
    expect(write('x', { mode: 'plan', allow: ['Write'] })).to.equal('deny')
    expect(read('src/a.ts', { mode: 'plan' })).to.equal('allow')
    expect(verdict('ExitPlanMode', {}, { mode: 'plan' }).decision).to.equal('ask')
  })

  it('asks for consent in every mode', () => {
    expect(
      verdict('ExitPlanMode', {}, { mode: 'bypassPermissions', allow: ['ExitPlanMode'] }).decision,
    ).to.equal('ask')
  })

  it('asks where a file wants that, unless this run has said otherwise', () => {
    const rules = { allow: ['Bash(make:*)'], ask: ['Bash(make:*)'] }
    expect(bash('make', rules)).to.equal('ask')
    expect(bash('make', { ...rules, source: 'session' })).to.equal('allow')
  })

  it('reads inside the project and asks outside', () => {
    expect(read('src/a.ts')).to.equal('allow')
    expect(read('link-in')).to.equal('allow')
    for (const file of [
      '../secret.txt',
      'link-secret',
      '/etc/passwd',
      '~/.ssh/id_rsa',
      `${folder.project}-evil`,
    ]) {
      expect(read(file), file).to.equal('ask')
    }
  })

  it('knows a denied file under all its names', () => {
    for (const file of ['.env', './.env', 'src/../.env', './/.env', `${folder.project}/.env`]) {
      expect(read(file, { deny: ['Read(.env)'] }), file).to.equal('deny')
    }
    expect(read('.ENV', { deny: ['Read(.env)'] })).to.equal('ask')
    expect(
      verdict('Grep', { pattern: 'x', path: '.env' }, { deny: ['Read(.env)'] }).decision,
    ).to.equal('deny')
    expect(verdict('Edit', { file_path: '.env' }, { deny: ['Read(.env)'] }).decision).to.equal(
      'deny',
    )
  })

  it('lets edits through where they are accepted, but not to files that grant or run', () => {
    const given = { mode: 'acceptEdits' } as const
    expect(write('src/new.ts', given)).to.equal('allow')
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
    ]) {
      expect(write(file, given), file).to.equal('ask')
    }
    expect(write('.git/config', { allow: ['Write', 'Write(**)'] })).to.equal('ask')
    expect(write('.git/config', { allow: ['Write(.git/config)'] })).to.equal('allow')
  })

  it('never lets a mode read the keys in the home folder, even when that is the project', () => {
    const ground = { ...folder.ground, directory: folder.home }
    const request = requestFor(
      'Read',
      { file_path: '.letta/settings.json' },
      folder.home,
      folder.home,
    )
    const rules = { allow: [], deny: [], ask: [] }
    expect(decide({ mode: 'acceptEdits', rules, ground }, request).decision).to.equal('ask')
  })

  it('allows paths segment by segment', () => {
    const edit = (file_path: string): string =>
      verdict('Edit', { file_path }, { allow: ['Edit(src/**)'] }).decision
    expect(['src/a.ts', 'src/x/.y', 'srcx/a.ts', '../src/a.ts'].map(edit)).to.deep.equal([
      'allow',
      'allow',
      'ask',
      'ask',
    ])
  })

  it('is granted nothing by a rule that is only nearly one, but forbidden by it', () => {
    const test = { command: 'npm test' }
    for (const rule of ['Bash (npm test)', 'Bash(npm test', 'Bash npm test', 'Bash(npm test))']) {
      expect(verdict('Bash', test, { allow: [rule] }).decision, rule).to.equal('ask')
    }
    expect(verdict('Bash', test, { deny: ['Bash (npm test)'] }).decision).to.equal('deny')
  })

  it('judges the files that a call names, even when the tool would refuse it', () => {
    expect(verdict('Glob', { path: '/etc' }).decision).to.equal('ask')
    expect(verdict('Grep', { path: '.env' }, { deny: ['Read(.env)'] }).decision).to.equal('deny')
    expect(verdict('Write', { file_path: 'x' }, { mode: 'plan' }).decision).to.equal('deny')
  })

  it('asks about tools that nobody knows, and denies them while planning', () => {
    expect(verdict('mcp__x', {}).decision).to.equal('ask')
    expect(verdict('mcp__x', {}, { allow: ['mcp__x'] }).decision).to.equal('allow')
    expect(verdict('mcp__x', {}, { mode: 'plan' }).decision).to.equal('deny')
  })
})
