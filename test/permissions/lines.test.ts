import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { decide } from '../../lib/permissions/decide.ts'
import { reasons } from '../../lib/permissions/messages.ts'
import {
  NO_RULES,
  type PermissionMode,
  type PermissionRule,
  type Policy,
  type Verdict,
} from '../../lib/permissions/types.ts'
import { requestFor } from '../support/permission-requests.ts'
import {
  addLinks,
  createProjectDirectory,
  type ProjectDirectory,
} from '../support/project-directory.ts'
import {
  APPROVAL_LINES,
  COVERED_LINES,
  DECEIVING_LINES,
  EDITING_LINES,
  EVADING_LINES,
  MAYBE_EDITING_LINES,
  MENTIONING_LINES,
  NOT_EDITING_LINES,
  ORDINARY_LINES,
  POSSIBLY_HIDING_LINES,
  READ_ONLY_LINES,
  RM_LINES,
  SHOWING_LINES,
  STARTING_LINES,
  TURNING_LINES,
  UNCOVERED_LINES,
  USUAL_LINES,
  USUAL_TEXTS,
} from './lines.ts'

describe('A command line', () => {
  let directory: ProjectDirectory

  before(() => {
    directory = createProjectDirectory()
    addLinks(directory.project)
  })

  after(() => directory.remove())

  /** The lines whose decision is not the expected one. */
  async function findMistakes(
    lines: readonly string[],
    wanted: Verdict['decision'],
    {
      mode = 'default',
      allow = [],
      deny = [],
    }: { mode?: PermissionMode; allow?: string[]; deny?: string[] } = {},
  ): Promise<readonly string[]> {
    const list = (texts: readonly string[]): readonly PermissionRule[] =>
      texts.map((text) => ({ text, source: 'user' }))
    const rules = { allow: list(allow), deny: list(deny), ask: [] }
    const mistakes: string[] = []
    for (const line of lines) {
      const command = line.replaceAll('@PROJECT@', directory.project)
      const request = requestFor('Bash', { command }, directory.project, directory.home)
      const { decision } = await decide({ mode, rules, bounds: directory.bounds }, request)
      if (decision !== wanted) mistakes.push(line)
    }
    return mistakes
  }

  it('that only reads the project is allowed without approval', async () => {
    expect(await findMistakes(READ_ONLY_LINES, 'allow')).to.deep.equal([])
  })

  it('that could do anything else requires approval', async () => {
    expect(await findMistakes(APPROVAL_LINES, 'ask')).to.deep.equal([])
  })

  it('that could do anything else is denied in plan mode', async () => {
    expect(await findMistakes(APPROVAL_LINES, 'deny', { mode: 'plan' })).to.deep.equal([])
    expect(await findMistakes(READ_ONLY_LINES, 'allow', { mode: 'plan' })).to.deep.equal([])
  })

  it('that gives tracked names to a program gives them to one that reads only these files', async () => {
    const tracked = createProjectDirectory(['README.md', 'src/a.ts', 'more/private/x'])
    const git = (...args: string[]): void => {
      execFileSync('git', args, { cwd: tracked.project })
    }
    const decisions = async (line: string): Promise<readonly string[]> => {
      const request = requestFor('Bash', { command: line }, tracked.project, tracked.home)
      const deny = [{ text: 'Read(more/private/**)', source: 'user' as const }]
      const policies = [[], deny].map((one) => ({ allow: [], deny: one, ask: [] }))
      const verdicts = policies.map((rules) =>
        decide({ mode: 'default', rules, bounds: tracked.bounds }, request),
      )
      return (await Promise.all(verdicts)).map(({ decision }) => decision)
    }
    try {
      symlinkSync('more', path.join(tracked.project, 'link'))
      git('init', '--quiet')
      git('add', 'README.md', 'src', 'link')
      expect(await decisions('git ls-files | xargs wc -l')).to.deep.equal(['allow', 'allow'])
      expect(await decisions('git ls-files | xargs grep -n x --')).to.deep.equal(['allow', 'allow'])
      for (const line of [
        // A tracked link can lead to a directory.
        'git ls-files | xargs grep -rn x --',
        'git ls-files | xargs ls -R --',
        'git ls-files | xargs -I{} file {}',
        'git ls-files -z | xargs -0 -I{} file {} --',
        'git ls-files -z | xargs -0 -I{} wc -l {} --',
        // Here the dashes are the pattern, and end no options.
        'git ls-files -z | xargs -0 grep -e --',
        'git ls-files -z | xargs -0 -n 1 grep -f --',
      ])
        expect(await decisions(line), line).to.deep.equal(['ask', 'ask'])
      writeFileSync(path.join(tracked.project, '-f..'), '')
      git('add', '--', '-f..')
      expect(await decisions('git ls-files | xargs wc -l')).to.deep.equal(['ask', 'ask'])
    } finally {
      tracked.remove()
    }
  })

  it('that could deceive the parser or an option grammar requires approval', async () => {
    expect(await findMistakes(DECEIVING_LINES, 'ask')).to.deep.equal([])
    expect(await findMistakes(DECEIVING_LINES, 'deny', { mode: 'plan' })).to.deep.equal([])
  })

  it('with a word that could be an option is not covered by a rule for a program that has such options', async () => {
    const allow = [
      'Bash(find:*)',
      'Bash(git fetch:*)',
      'Bash(sort:*)',
      'Bash(tar:*)',
      'Bash(sed -n:*)',
    ]
    expect(await findMistakes(TURNING_LINES, 'ask', { allow })).to.deep.equal([])
    expect(await findMistakes(['git fetch origin', 'sort -u x'], 'allow', { allow })).to.deep.equal(
      [],
    )
  })

  it('with an option by which its program runs another one is not covered by a rule, however the option is written', async () => {
    for (const [rule, lines] of EVADING_LINES) {
      expect(await findMistakes(lines, 'ask', { allow: [`Bash(${rule}:*)`] })).to.deep.equal([])
    }
    for (const [rule, lines] of ORDINARY_LINES) {
      expect(await findMistakes(lines, 'allow', { allow: [`Bash(${rule}:*)`] })).to.deep.equal([])
    }
  })

  it('that people use every day runs under a rule for its program', async () => {
    const allow = USUAL_LINES.map(([rule]) => `Bash(${rule}:*)`)
    const lines = USUAL_LINES.flatMap(([, text]) => text.trim().split(/\n\s*/))
    expect(lines.length).to.be.greaterThan(150)
    expect(await findMistakes([...lines, ...USUAL_TEXTS], 'allow', { allow })).to.deep.equal([])
  })

  it('with an option that a rule does not cover is asked about with this option and what would allow it', async () => {
    const reasonFor = async (command: string): Promise<string> => {
      const rules = { allow: [{ text: 'Bash(git:*)', source: 'user' as const }], deny: [], ask: [] }
      const request = requestFor('Bash', { command }, directory.project, directory.home)
      return (await decide({ mode: 'default', rules, bounds: directory.bounds }, request)).because
    }
    expect(await reasonFor('git fetch --upload-pack=./x')).to.equal(
      reasons.ruleDoesNotCover('Bash(git:*)', '--upload-pack=./x'),
    )
    expect(await reasonFor('git daemon --export-all')).to.equal(
      reasons.ruleDoesNotCover('Bash(git:*)', 'daemon'),
    )
    expect(await reasonFor('git push origin "$x"')).to.equal(
      reasons.ruleDoesNotCover('Bash(git:*)', '"$x"'),
    )
  })

  it('that reads a name after a command which may replace it requires approval', async () => {
    const allow = ['Bash(git:*)', 'Bash(gh:*)', 'Bash(ln:*)', 'Bash(npm test:*)']
    const lines = [
      'git mv link new && cat new/x',
      'git revert HEAD && cat README.md',
      'git sparse-checkout disable && cat README.md',
      'git bisect reset && cat README.md',
      'gh pr checkout 1 && cat README.md',
      'gh repo clone a/b && cat README.md',
      'git checkout evil && cat README.md',
      'ln -sf x src/c.ts; head -1 src/c.ts',
      '{ sleep 1; cat src/a.ts; } & ln -sfn ../x src',
      'for i in 1 2; do cat src/a.ts; ln -sfn ../x src; done',
      'while cat src/a.ts; do ln -sfn ../x src; done',
      '{ sleep 1; cat src/a.ts; } | ln -sfn ../x src',
    ]
    expect(await findMistakes(lines, 'ask', { allow })).to.deep.equal([])
    // The repository may be another one then.
    const repositories = [
      'tar xf x.tar && git status',
      'unzip -oq x.zip; git diff',
      'cp -r dd/. . ; git log -1',
      'git status & tar xf x.tar',
      'tar xf x.tar | git status',
    ]
    const placing = ['Bash(tar:*)', 'Bash(unzip:*)', 'Bash(cp:*)']
    expect(await findMistakes(repositories, 'ask', { allow: placing })).to.deep.equal([])
    const changing = ['tar xf x.tar && git commit -m x', 'cp -r dd/. . ; git add -A']
    const ofBoth = [...placing, 'Bash(git:*)']
    expect(await findMistakes(changing, 'ask', { allow: ofBoth })).to.deep.equal([])
    const harmless = [
      'git checkout main && git status',
      'git commit -m x && cat README.md',
      'git fetch && git log -1 && cat README.md',
      'gh pr create -t x && cat README.md',
      'gh repo view && cat README.md',
      'npm test && cat README.md',
      'cat README.md && ln -sf a b',
    ]
    expect(await findMistakes(harmless, 'allow', { allow })).to.deep.equal([])
  })

  it('that reads a name while a line in the background may replace it requires approval', async () => {
    const { project, home, bounds } = directory
    const request = requestFor('Bash', { command: 'cat README.md' }, project, home)
    const decideWhile = async (line: string, mode: PermissionMode = 'default'): Promise<string> => {
      const policy = { mode, rules: NO_RULES, bounds, running: [line] }
      return (await decide(policy, request)).decision
    }
    for (const line of ['sleep 2; ln -sfn ../x src', 'busybox ln -s x y', "ln 'x"])
      expect(await decideWhile(line), line).to.equal('ask')
    expect(await decideWhile('sleep 2; ln -sfn ../x src', 'plan')).to.equal('deny')
    expect(await decideWhile('npm install && npm run dev')).to.equal('allow')
    const status = requestFor('Bash', { command: 'timeout 9 git status' }, project, home)
    for (const line of ['sleep 2; tar xf x.tar', 'cp -r x .git', "tar 'x"]) {
      const policy = { mode: 'default', rules: NO_RULES, bounds, running: [line] } as const
      expect((await decide(policy, status)).decision, line).to.equal('ask')
      expect((await decide({ ...policy, mode: 'plan' }, status)).decision, line).to.equal('deny')
      const allow = [{ text: 'Bash(git:*)', source: 'user' }] as const
      const commit = requestFor('Bash', { command: 'git commit -m x' }, project, home)
      const byRule = { ...policy, rules: { ...NO_RULES, allow } }
      expect((await decide(byRule, commit)).decision, line).to.equal('ask')
      const trusted = { ...byRule, bounds: { ...bounds, isTrusted: true } }
      expect((await decide(trusted, commit)).decision, line).to.equal('allow')
    }
    const loop = 'while true; do ln -sfn ../x src; ln -sfn y src; done'
    for (const [tool, args] of [
      ['Read', { file_path: 'src/a.ts' }],
      ['Grep', { pattern: 'a', path: 'src' }],
      ['Edit', { file_path: 'src/a.ts', old_string: 'a', new_string: 'b' }],
    ] as const) {
      const decideTool = async (mode: PermissionMode, running: string): Promise<string> => {
        const policy = { mode, rules: NO_RULES, bounds, running: [running] }
        return (await decide(policy, requestFor(tool, args, project, home))).decision
      }
      expect(await decideTool('acceptEdits', loop), tool).to.equal('ask')
      expect(await decideTool('plan', loop), tool).to.equal('deny')
      expect(await decideTool('bypassPermissions', loop), tool).to.equal('allow')
      expect(await decideTool('acceptEdits', 'npm run dev'), tool).to.equal('allow')
    }
  })

  it('that replaces a name while a line in the background may read it requires approval', async () => {
    const { project, home, bounds } = directory
    const allow = ['Bash(ln:*)', 'Bash(git checkout:*)'].map((text) => ({
      text,
      source: 'user' as const,
    }))
    const decideWhile = async (line: string, running: string): Promise<string> => {
      const policy = {
        mode: 'default',
        rules: { ...NO_RULES, allow },
        bounds,
        running: [running],
      } as const
      return (await decide(policy, requestFor('Bash', { command: line }, project, home))).decision
    }
    for (const running of [
      'tail -F README.md',
      'sleep 9; cat src/a.ts',
      'while true; do cat < x; done',
    ])
      for (const line of ['ln -sfn ../x src', 'git checkout topic'])
        expect(await decideWhile(line, running), running).to.equal('ask')
    expect(await decideWhile('ln -s a b', 'npm run dev')).to.equal('allow')
    expect(await decideWhile('ln -s a b', 'sleep 9')).to.equal('allow')
  })

  it('that reads names in the background requires approval or a rule: they can be replaced before it reads them', async () => {
    const { project, home, bounds } = directory
    const judgeLine = async (command: string, more: Partial<Policy> = {}): Promise<string> => {
      const policy = { mode: 'default', rules: NO_RULES, bounds, ...more } as const
      const args = { command, run_in_background: true }
      return (await decide(policy, requestFor('Bash', args, project, home))).decision
    }
    for (const line of [
      'sleep 9; cat README.md',
      'tail -F README.md',
      'for i in 1 2; do wc < README.md; done',
    ]) {
      expect(await judgeLine(line), line).to.equal('ask')
      expect(await judgeLine(line, { mode: 'plan' }), line).to.equal('deny')
      const allow = ['cat', 'tail', 'wc'].map((name) => ({
        text: `Bash(${name}:*)`,
        source: 'user' as const,
      }))
      expect(await judgeLine(line, { rules: { ...NO_RULES, allow } }), line).to.equal('allow')
      expect(await judgeLine(line, { mode: 'bypassPermissions' }), line).to.equal('allow')
    }
    for (const line of ['sleep 9', 'echo a; sleep 2; echo b', 'sleep 2; git status'])
      expect(await judgeLine(line), line).to.equal('allow')
  })

  it('that shows content which a rule denies requires approval, in every spelling', async () => {
    const lines = [...SHOWING_LINES, 'git show HEAD', 'git log -p']
    expect(await findMistakes(lines, 'ask', { deny: ['Read(.env)'] })).to.deep.equal([])
    const mode = 'bypassPermissions'
    const more = ['git archive HEAD', 'git stash show -p', 'git format-patch -1 --stdout']
    expect(
      await findMistakes([...lines, ...more], 'ask', { deny: ['Read(.env)'], mode }),
    ).to.deep.equal([])
    const harmless = ['git status', 'git log --oneline', 'git diff', 'git diff -- src/a.ts']
    expect(await findMistakes(harmless, 'allow', { deny: ['Read(.env)'] })).to.deep.equal([])
    expect(
      await findMistakes([...harmless, 'git commit -m x'], 'allow', { deny: ['Read(.env)'], mode }),
    ).to.deep.equal([])
  })

  it('that runs a denied program is denied, however it is written', async () => {
    const deny = ['Bash(rm:*)']
    expect(await findMistakes(RM_LINES, 'deny', { deny })).to.deep.equal([])
    expect(await findMistakes(RM_LINES, 'deny', { deny, mode: 'bypassPermissions' })).to.deep.equal(
      [],
    )
  })

  it('that changes memory by a subcommand asks where a rule is about memory', async () => {
    const deny = ['Memory(human)']
    const changing = [
      'letta memory edit human',
      'letta memory sync',
      'npx letta memory restore a@1',
    ]
    const reading = ['letta memory show human', 'letta memory log human', 'letta memory list']
    const policies: NonNullable<Parameters<typeof findMistakes>[2]>[] = [
      { deny, mode: 'bypassPermissions' },
      { deny, allow: ['Bash(letta:*)', 'Bash(npx:*)'] },
    ]
    for (const policy of policies) {
      expect(await findMistakes(changing, 'ask', policy)).to.deep.equal([])
      expect(await findMistakes(reading, 'allow', policy)).to.deep.equal([])
    }
  })

  it('that starts a denied program by another one is denied', async () => {
    const deny = ['Bash(rm:*)']
    expect(
      await findMistakes(STARTING_LINES, 'deny', { deny, mode: 'bypassPermissions' }),
    ).to.deep.equal([])
  })

  it('that calls what a rule denies by another name, or gets the rest of it later, is denied', async () => {
    const given = { deny: ['Bash(git push:*)', 'Bash(docker compose down:*)'] }
    const lines = [
      ...['git-push origin', '/usr/lib/git-core/git-push', 'sudo git-push', 'docker-compose down'],
      ...['parallel git ::: push', 'parallel git {} origin ::: pull push'],
      ...['git send-pack origin main', 'git -C src subtree push --prefix x origin main'],
      ...['git lfs push origin', 'ls; git http-push http://x main', 'git.exe push'],
      'time -f x git push',
    ]
    for (const mode of ['default', 'bypassPermissions'] as const) {
      expect(await findMistakes(lines, 'deny', { ...given, mode })).to.deep.equal([])
      const unknown = [
        'parallel git :::: x',
        'echo push | parallel git',
        'parallel -a x git',
        "parallel '{1} push' ::: git",
        "parallel -I ,, ',, push' ::: git",
        // The settings of git can make an alias of it, and a file can have the name of a word.
        ...['git p', 'git -C src p origin', 'git p*sh', 'git [p]ush origin'],
      ]
      expect(await findMistakes(unknown, 'ask', { ...given, mode })).to.deep.equal([])
    }
    const others = ['git-pull', 'docker-compose up', 'parallel git ::: pull', './git-push.txt']
    const mode = 'bypassPermissions'
    expect(await findMistakes(others, 'allow', { ...given, mode })).to.deep.equal([])
    const shortened = { deny: ['Bash(npm publish:*)', 'Bash(npm install:*)'], mode } as const
    const packages = [
      ...['npm publi', 'npm i x', 'npm add x', 'npm --silent ins'],
      ...['npm --prefix . publ', 'npm --prefix . publish', 'npm -w a --tag next publ'],
    ]
    const denied = { ...shortened, deny: [...shortened.deny] }
    expect(await findMistakes(packages, 'deny', denied)).to.deep.equal([])
    const harmless = ['npm test', 'npm run add', 'npm run publ', 'npm version', 'git log *.ts']
    expect(await findMistakes(harmless, 'allow', denied)).to.deep.equal([])
  })

  it('with a wildcard that could be an option which a rule denies asks', async () => {
    const rules = { deny: ['Bash(rm -rf:*)'], mode: 'bypassPermissions' as const }
    expect(await findMistakes(['rm *', 'rm -r *', 'rm [-]*'], 'ask', rules)).to.deep.equal([])
    const others = ['rm *.log', 'rm -r build/*', 'rm -r ./*', 'ls *']
    expect(await findMistakes(others, 'allow', rules)).to.deep.equal([])
  })

  it('that copies a repository with a denied file to another place asks', async () => {
    const rules = { deny: ['Read(.env)'], mode: 'bypassPermissions' as const }
    const lines = [
      ...['git clone .git x', 'git -C src clone .. x', 'git -C src worktree add ../../x'],
      ...['git -C ../x fetch @PROJECT@ main', 'git -C ../x pull file://@PROJECT@'],
      ...['git push ../x HEAD', 'git push file:///tmp/x main', 'git -C src push -f ../../x main'],
      ...['git submodule add ./ x', 'git remote add x ../x', 'GIT_WORK_TREE=x git checkout .'],
      ...['git --work-tree=x checkout -f', 'git -c core.worktree=x checkout .'],
    ]
    expect(await findMistakes(lines, 'ask', rules)).to.deep.equal([])
    const others = [
      ...['git push origin feature/x', 'git fetch origin', 'git pull --rebase origin main'],
      ...['git clone https://h/x', 'git remote add origin git@h:a/b.git', 'git push'],
    ]
    expect(await findMistakes(others, 'allow', rules)).to.deep.equal([])
  })

  it('that asks a program for its version requires approval where the directory can choose what runs', async () => {
    const { project, home, bounds } = directory
    const shims = path.join(home, '.asdf', 'shims')
    mkdirSync(shims, { recursive: true })
    for (const name of ['node', 'jq']) writeFileSync(path.join(shims, name), '')
    const decideFor = async (command: string, shims: readonly string[]): Promise<string> => {
      const request = requestFor('Bash', { command }, project, home)
      const policy = { mode: 'default', rules: NO_RULES, bounds: { ...bounds, shims } } as const
      return (await decide(policy, request)).decision
    }
    const lines = ['node --version', 'jq . package.json', 'timeout 5 node -v', 'npm --version']
    const decideAll = (given: readonly string[]): Promise<readonly string[]> =>
      Promise.all(lines.map((line) => decideFor(line, given)))
    expect(await decideAll([])).to.deep.equal(['allow', 'allow', 'allow', 'allow'])
    expect(await decideAll([shims])).to.deep.equal(['ask', 'ask', 'ask', 'allow'])
    // npm writes its records where the settings of the directory say, whatever it does.
    const settings = path.join(project, '.npmrc')
    writeFileSync(settings, 'logs-dir=/tmp')
    try {
      expect(await decideFor('npm -v', [])).to.equal('ask')
      expect(await decideFor('cd src/sub && npm --version', [])).to.equal('ask')
    } finally {
      rmSync(settings)
    }
  })

  it('that searches directories asks where grep follows links and one of them leads outside', async () => {
    const { project, home, bounds } = directory
    const decideFor = async (command: string, grepFollowsLinks: boolean): Promise<string> => {
      const request = requestFor('Bash', { command }, project, home)
      const given = { ...bounds, grepFollowsLinks }
      return (await decide({ mode: 'plan', rules: NO_RULES, bounds: given }, request)).decision
    }
    const place = path.join(project, 'src', 'linked')
    mkdirSync(place)
    try {
      symlinkSync('../../README.md', path.join(place, 'inside'))
      const lines = ['grep -r a src', 'cd src && grep -rn a', 'egrep -ri a src/linked']
      for (const line of lines) expect(await decideFor(line, true), line).to.equal('allow')
      symlinkSync(path.join(home, '.netrc'), path.join(place, 'outside'))
      for (const line of lines) {
        expect(await decideFor(line, true), line).to.equal('deny')
        expect(await decideFor(line, false), line).to.equal('allow')
      }
      expect(await decideFor('grep a src/a.ts', true)).to.equal('allow')
    } finally {
      rmSync(place, { recursive: true })
    }
  })

  it('that only mentions a denied program is not denied', async () => {
    const deny = ['Bash(rm:*)', 'Bash(git push:*)', 'Read(.env)']
    expect(
      await findMistakes(MENTIONING_LINES, 'allow', { deny, mode: 'bypassPermissions' }),
    ).to.deep.equal([])
  })

  it('that gives a script to a shell is judged by the commands of the script, not by the program that it begins with', async () => {
    const rules = { deny: ['Bash(git push:*)'], mode: 'bypassPermissions' as const }
    const others = ["bash -c 'git status'", "sh -c 'git add -A && npm test'", "bash -lc 'git log'"]
    expect(await findMistakes(others, 'allow', rules)).to.deep.equal([])
    const pushes = [
      "bash -c 'git push'",
      `bash -c "sh -c 'git push'"`,
      "zsh -c 'git status; git push'",
    ]
    expect(await findMistakes(pushes, 'deny', rules)).to.deep.equal([])
    const unknown = [`bash -c 'git "$1"' _ push`, "bash script.sh 'git push'"]
    expect(await findMistakes(unknown, 'ask', rules)).to.deep.equal([])
  })

  it('that makes a program load or start something is not covered by a rule for the program', async () => {
    const allow = [
      'gcc g++ clang rustc javac tar wget go make pip cmake npm pnpm mypy pandoc protoc nm'.split(
        ' ',
      ),
      'python3 -m pip',
      'uv pip',
    ]
      .flat()
      .map((name) => `Bash(${name}:*)`)
    const lines = [
      ...[
        'python3 -m pip --python ./x list',
        'python3 -m pip config set global.index-url http://x',
        'uv pip install --python ./x y',
        'npm pkg set scripts.test=./x',
        'npm --loglevel silent pkg set scripts.test=./x',
        'npm --loglevel silent config set script-shell ./x',
        'pnpm pkg delete scripts.test',
        'rustc --extern x=libx.so a.rs',
        'rustc -L . a.rs',
        'rustc +/tmp/x a.rs',
        'mypy --python-executable ./x src',
        'mypy --python-executable=bin/x src',
        'pandoc --pdf-engine=./x a.md',
        'pandoc -F ./x a.md',
        'protoc --plugin=./x a.proto',
        'rustc -C llvm-args=-load=./x.so a.rs',
        'uv pip install -p ./x y',
        'pandoc --fil=./x a.md',
        'nm --plugin ./x.so a.o',
        'gcc -fuse-ld=./x a.c',
        'g++ -Bx/ -c a.c',
        'g++ -wrapper ./x -c a.c',
        'gcc --prefix=x a.c',
        'gcc -Wl,-L.,@x a.c',
        "make 'X!=./x'",
        "make -s Y=1 'X != ./x'",
        'pip --python=./x list',
        'cmake -DCMAKE_TOOLCHAIN_FILE=x.cmake -S . -B b',
        'cmake -D CMAKE_PROJECT_INCLUDE=x.cmake .',
        'gcc -Wl,-plugin,./x.so a.c',
        'gcc -Xlinker -plugin -Xlinker ./x.so a.c',
        'gcc -Xlinker -plugin=./x.so a.c',
        'clang -Xclang -load -Xclang ./x.so a.c',
      ],
      ...['clang -fpass-plugin=./x.so a.c', 'clang --ld-path=./x a.c', 'rustc -C linker=./x a.rs'],
      ...['rustc -Clinker=./x a.rs', 'rustc --sysroot=. a.rs', 'javac -processorpath . A.java'],
      ...['javac -J-javaagent:x.jar A.java', 'tar cf host:x .', 'wget -e use_askpass=./x y'],
      ...['go env -w CC=./x'],
    ]
    expect(await findMistakes(lines, 'ask', { allow })).to.deep.equal([])
    const usual = [
      ...[
        'python3 -m pip install -r requirements.txt',
        'npm pkg get version',
        'npm -s run config set',
        'npm --silent test',
        'mypy --strict --python-version 3.12 src/a.py',
        'mypy src/python',
        'pandoc -o a.html a.md',
        'gcc -Wall -O2 -o x a.c -lm',
        'gcc -fuse-ld=lld -Wl,-rpath,x a.c',
        'g++ -std=c++20 -O2 -c a.cpp',
        'make -j4 CFLAGS=-O2 all',
        'pip install -e .',
        'cmake -DCMAKE_BUILD_TYPE=Release -S . -B b',
        'clang -std=c++20 a.cc',
      ],
      ...['rustc -C opt-level=3 a.rs', 'javac -cp lib/x.jar -d out A.java', 'tar czf x.tgz src'],
      ...['wget -q -O x https://example.org:8080/y', 'go env GOPATH', 'go test -run X ./...'],
    ]
    expect(await findMistakes(usual, 'allow', { allow })).to.deep.equal([])
  })

  it('that could run a denied program requires approval in bypass mode', async () => {
    const deny = ['Bash(rm:*)', 'Bash(git push:*)', 'Read(.env)']
    expect(
      await findMistakes(POSSIBLY_HIDING_LINES, 'ask', { deny, mode: 'bypassPermissions' }),
    ).to.deep.equal([])
  })

  it('that a rule allows requires approval when a word could be what another rule denies', async () => {
    const rules = {
      allow: ['Bash(cat:*)', 'Bash(git:*)'],
      deny: ['Read(.env)', 'Bash(git push:*)'],
    }
    const lines = ['cat .e$x""nv', 'git "$x" origin', 'git -C $x status']
    expect(await findMistakes(lines, 'ask', rules)).to.deep.equal([])
    const harmless = ['cat /etc/hosts', 'git commit -m x', 'git add src']
    expect(await findMistakes(harmless, 'allow', rules)).to.deep.equal([])
  })

  it('that changes a file with denied edits is denied', async () => {
    const deny = ['Edit(src/**)']
    expect(
      await findMistakes(EDITING_LINES, 'deny', { deny, mode: 'bypassPermissions' }),
    ).to.deep.equal([])
    expect(
      await findMistakes(NOT_EDITING_LINES, 'allow', { deny, mode: 'bypassPermissions' }),
    ).to.deep.equal([])
  })

  it('that names a file of denied edits to a program which may write it asks', async () => {
    const deny = ['Edit(src/**)']
    expect(
      await findMistakes(MAYBE_EDITING_LINES, 'ask', { deny, mode: 'bypassPermissions' }),
    ).to.deep.equal([])
    const allow = ['Bash(curl:*)', 'Bash(wget:*)', 'Bash(zip:*)', 'Bash(git clone:*)']
    const lines = [
      'curl --out .git/hooks/pre-commit http://x',
      'curl -D .git/hooks/pre-commit http://x',
      'wget -o AGENTS.md http://x',
      'zip .git/hooks/x README.md',
      'git clone . .git/x',
    ]
    expect(await findMistakes(lines, 'ask', { allow })).to.deep.equal([])
    expect(await findMistakes(['curl -o x http://x'], 'allow', { allow })).to.deep.equal([])
    const code = [`awk 'BEGIN{print 1 > ".git/hooks/pre-commit"}'`, 'base64 -i a -o .git/config']
    const coding = { allow: ['Bash(awk:*)', 'Bash(base64:*)'] }
    expect(await findMistakes(code, 'ask', coding)).to.deep.equal([])
    expect(await findMistakes([`awk '{print > "x.txt"}' a`], 'allow', coding)).to.deep.equal([])
  })

  it('that gives unknown files to a program which changes them asks where edits are denied', async () => {
    const rules = { deny: ['Edit(src/**)'], mode: 'bypassPermissions' } as const
    const given = { ...rules, deny: [...rules.deny] }
    expect(
      await findMistakes(['ls | xargs sed -i s/a/b/', 'ls | xargs rm'], 'ask', given),
    ).to.deep.equal([])
    expect(await findMistakes(['ls | xargs wc -l'], 'allow', given)).to.deep.equal([])
  })

  it('that changes files which no word names asks where edits are denied', async () => {
    const rules = { deny: ['Edit(src/**)'], mode: 'bypassPermissions' as const }
    const lines = [
      ...[
        'git reset --hard',
        'git stash',
        'git pull',
        'git merge x',
        'git checkout x',
        'git apply p',
      ],
      ...[
        'git clean -fd',
        'git read-tree -u HEAD',
        'cd src; git reset --hard',
        'git -C src switch x',
      ],
      ...['git lfs pull', 'git submodule update', 'git subtree pull -P x y z'],
      ...['tar xf x.tar', 'unzip x', 'patch -p1 < p', 'cpio -i < x', 'python3 -m tarfile -e x.tar'],
      ...["find . -name '*.ts' -exec sed -i p {} +", 'fd -e ts -x rm', 'npx prettier --write .'],
      ...['rm $x', 'echo x > $x', 'cp README.md $x', 'tee src/$x', 'rm /proc/self/cwd/src/a.ts'],
      ...['ln -s src y; rm y/a.ts', 'ln src/a.ts y', 'env -C src rm a.ts', 'env -C src touch n'],
      ...['docker run -v $PWD:/x a', 'aws s3 sync s3://x .', 'gzip -r .', 'time -o src/x ls'],
    ]
    expect(await findMistakes(lines, 'allow', rules)).to.deep.equal(lines)
    const others = [
      ...[
        'git status',
        'git stash list',
        'git checkout -b x',
        'git switch -c x',
        'git reset HEAD~1',
      ],
      ...['git fetch', 'git commit -m x', 'git apply --stat p', 'tar tf x.tar', 'tar cf x.tar src'],
      ...['eslint .', 'rm build/a.o', 'docker build .', 'find . -name x -exec wc -l {} +'],
    ]
    expect(await findMistakes(others, 'allow', rules)).to.deep.equal([])
  })

  it('that gives a text with a denied program to another one asks', async () => {
    const rules = { deny: ['Bash(rm:*)'], mode: 'bypassPermissions' as const }
    const lines = [
      ...["vagrant ssh -c 'rm x'", "bat --pager 'rm x' a", "pee 'rm x'", "nu -c 'rm x'"],
      ...['dtach -n s rm x', 'pipx run rm x', 'go test -exec rm', 'fd --exec-batch=rm'],
      ...[`gnuplot -e 'system("rm x")'`, `sbcl --eval '(run-program "rm")'`, 'cmd /c rm x'],
      ...["sftp h <<< '!rm x'", "dc <<< '!rm x'", "crontab - <<< '* * * * * rm x'"],
    ]
    expect(await findMistakes(lines, 'allow', rules)).to.deep.equal(lines)
    const others = ["gh issue create -t 'rm is slow'", "rg 'rm x' src", "git commit -m 'rm x'"]
    expect(await findMistakes(others, 'allow', rules)).to.deep.equal([])
  })

  it('that changes a directory with a file of denied edits, or names one in code, asks', async () => {
    const rules = { deny: ['Edit(src/a.ts)'], mode: 'bypassPermissions' as const }
    const lines = [
      ...['rm -rf src', 'rm -rf .', 'mv src old', 'chmod -R a-w .', 'git checkout -- src'],
      ...["sed -n 'w src/a.ts' README.md", `awk '{print > "src/a.ts"}' README.md`],
      `python3 -c "open('src/a.ts', 'w')"`,
    ]
    expect(await findMistakes(lines, 'ask', rules)).to.deep.equal([])
    const others = [
      'rm -rf build',
      'mv docs old',
      'cp README.md src/',
      "sed -n 'w x.txt' README.md",
    ]
    expect(await findMistakes(others, 'allow', rules)).to.deep.equal([])
  })

  it('that changes a protected file asks, even where a rule allows the program', async () => {
    const files = [
      ...['.letta/settings.local.json', 'AGENTS.md', '.mcp.json', '.skills/x'],
      ...['.hg/hgrc', '.lesskey', '.tool-versions', 'mise.toml'],
    ]
    const lines = files.map((file) => `cp src/a.ts ${file}`)
    const allow = ['Bash(cp:*)']
    expect(await findMistakes(lines, 'ask', { allow })).to.deep.equal([])
    expect(await findMistakes(['cp src/a.ts x'], 'allow', { allow })).to.deep.equal([])
    const interpreters = ['Bash(python3:*)', 'Bash(node:*)', 'Bash(sqlite3:*)']
    const outputs = [
      ...['python3 -m json.tool x AGENTS.md', 'python3 -m zipfile -e x .git/hooks'],
      ...['node --redirect-warnings=AGENTS.md x', 'node --cpu-prof-dir .git/hooks x'],
      ...['sqlite3 .git/hooks/x .dump'],
    ]
    expect(await findMistakes(outputs, 'ask', { allow: interpreters })).to.deep.equal([])
    const scripts = ['python3 -m json.tool x y', 'node --test src/a.ts', 'python3 .skills/x.py']
    expect(await findMistakes(scripts, 'allow', { allow: interpreters })).to.deep.equal([])
    const exact = [...allow, 'Edit(AGENTS.md)']
    expect(await findMistakes(['cp src/a.ts AGENTS.md'], 'allow', { allow: exact })).to.deep.equal(
      [],
    )
  })

  it('is always denied by a rule for every command', async () => {
    for (const deny of [['Bash'], ['Bash(:*)'], ['*']]) {
      expect(await findMistakes(['ls', 'x=1', '> x', '#'], 'deny', { deny })).to.deep.equal([])
    }
  })

  it('is covered by a rule only as far as the words of the rule reach', async () => {
    const allow = ['Bash(npm test:*)']
    expect(await findMistakes(COVERED_LINES, 'allow', { allow })).to.deep.equal([])
    expect(await findMistakes(UNCOVERED_LINES, 'ask', { allow })).to.deep.equal([])
  })

  it('that has an option after its first file asks where a link has the name of the option, which is a file on BSD', async () => {
    const own = createProjectDirectory()
    const decisionOf = async (command: string): Promise<string> => {
      const rules = { allow: [], deny: [], ask: [] }
      const request = requestFor('Bash', { command }, own.project, own.home)
      return (await decide({ mode: 'default', rules, bounds: own.bounds }, request)).decision
    }
    const lines = [
      'cat README.md -n',
      'head README.md -n 1',
      'wc README.md -l src/a.ts',
      'grep x README.md -n',
      'cat README.md -- src/a.ts',
      'sed p README.md -n',
      'sed = README.md -e p',
    ]
    try {
      const before = await Promise.all(lines.map(decisionOf))
      expect(before.slice(0, -2).every((one) => one === 'allow')).to.equal(true)
      const included = 'grep -rhi x src --include=*.ts'
      expect(await decisionOf(included)).to.equal('allow')
      for (const name of ['-n', '1', '-l', '--', 'p']) {
        symlinkSync('../secret.txt', path.join(own.project, name))
      }
      expect(await Promise.all(lines.map(decisionOf))).to.deep.equal(lines.map(() => 'ask'))
      expect(await decisionOf('cat -n README.md')).to.equal('allow')
      symlinkSync('../secret.txt', path.join(own.project, '--include=b.ts'))
      expect(await decisionOf(included)).to.equal('ask')
    } finally {
      own.remove()
    }
  })

  it('that searches what a rule denies requires approval in bypass mode, also where the search has no option', async () => {
    const limits = { deny: ['Read(src/**)'], mode: 'bypassPermissions' } as const
    const lines = ['rg x', 'rg x -g "*.ts"', 'rg -t ts x .', 'ag x', 'ugrep x', 'grep -r -A 3 x']
    expect(await findMistakes(lines, 'ask', { ...limits, deny: [...limits.deny] })).to.deep.equal(
      [],
    )
    // A search does not look at hidden files without an option.
    const hidden = { deny: ['Read(.env)'], mode: 'bypassPermissions' as const }
    expect(await findMistakes(['rg x', 'rg x src', 'ag x'], 'allow', hidden)).to.deep.equal([])
    const named = [
      'rg -u x',
      'rg --hidden x',
      "rg -g '.e*' x",
      "rg -ng '*' x",
      "rg --iglob='.EN?' x",
      'rg -tx x',
      'ack x',
      "rg -g '[.-/]env' x",
      "rg -g '.env ' x",
    ]
    expect(await findMistakes(named, 'ask', hidden)).to.deep.equal([])
    const others = ["rg -g '*.ts' x", "rg -g '!*.md' x", 'rg --glob .github/x x']
    expect(await findMistakes(others, 'allow', hidden)).to.deep.equal([])
    // An ignore file can name hidden files to search.
    const ignore = path.join(directory.project, '.ignore')
    try {
      writeFileSync(ignore, '.env*\n!.env.example\n')
      expect(await findMistakes(['rg x', 'cd src && rg x'], 'allow', hidden)).to.deep.equal([])
      writeFileSync(ignore, '\ufeff!/.e[mn]v\r\n')
      expect(await findMistakes(['rg x', 'cd src && rg x ..'], 'ask', hidden)).to.deep.equal([])
      expect(await findMistakes(['rg x src'], 'allow', hidden)).to.deep.equal([])
    } finally {
      rmSync(ignore)
    }
  })
})
