import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ProjectDirectory } from '../../support/project-directory.ts'
import { GIT_AUTHOR } from './hostile-repositories.ts'

/** A project as agents work in, with two commits and a change that is not committed. */
export function createEverydayProject(): ProjectDirectory {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-everyday-')))
  const [project, home] = [path.join(root, 'project'), path.join(root, 'home')]
  mkdirSync(home)
  for (const [name, text] of FILES) {
    mkdirSync(path.dirname(path.join(project, name)), { recursive: true })
    writeFileSync(path.join(project, name), text)
  }
  const git = (...args: readonly string[]): void => {
    const env = { ...process.env, ...GIT_AUTHOR, GIT_AUTHOR_DATE: DATE, GIT_COMMITTER_DATE: DATE }
    execFileSync('git', args, { cwd: project, env, stdio: 'pipe' })
  }
  git('init', '-q', '-b', 'main')
  git('add', '-A')
  git('commit', '-q', '-m', 'Create server')
  git('tag', 'v1.0.0')
  git('branch', 'topic')
  writeFileSync(path.join(project, 'src/config.ts'), `${sourceText('config')}// second\n`)
  writeFileSync(path.join(project, 'docs/guide.md'), '# Guide\n\n## Config\n\nretry\n')
  git('commit', '-q', '-a', '-m', 'Add config and retry')
  writeFileSync(path.join(project, 'src/server.ts'), `${sourceText('server')}// third\n`)
  writeFileSync(path.join(project, 'notes.txt'), 'untracked\n')
  return {
    project,
    home,
    bounds: { directory: project, home, readable: [] },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

const DATE = '2026-01-02T03:04:05Z'

const WORDS =
  'handleRequest userId createServer logger formatDate fetchUsers ApiError config render parse token_count useState retry timeout validate Router'.split(
    ' ',
  )

/** Long enough for the ranges of lines that agents look at. */
function sourceText(name: string): string {
  const lines = WORDS.flatMap((word, at) => [
    `import { ${word} } from './${name}'`,
    `export function ${word}(value: string) {`,
    `  // TODO ${at}`,
    `  console.log('${word}', value, process.env.LEVEL_${at})`,
    '}',
    '',
  ])
  return `${lines.join('\n')}\n`
}

const SOURCES =
  'src/index src/server src/config src/logger src/utils/format src/utils/dates src/routes/users src/routes/auth tests/server.test tests/users.test lib/helpers'.split(
    ' ',
  )

const FILES: readonly (readonly [name: string, text: string])[] = [
  ...SOURCES.map((name) => [`${name}.ts`, sourceText(name)] as const),
  ['src/components/App.tsx', sourceText('App')],
  ['src/components/Button.tsx', 'export const Button = () => useState(1)\n'],
  ['app/main.py', 'import os\nfrom app.models import User\n\ndef main():\n    config = parse()\n'],
  ['app/models.py', 'class User:\n    def create_user(self):\n        return validate(self)\n'],
  ['cmd/main.go', 'package main\n\nfunc main() {\n\tconfig()\n}\n'],
  ['internal/store.go', 'package internal\n\nfunc Load() error {\n\treturn nil\n}\n'],
  ['README.md', '# App\n\n## Usage\n\nRun it with retry and config.\n'],
  ['CHANGELOG.md', '# Changelog\n\n## 1.0.0\n\n- Router\n'],
  ['LICENSE', 'Apache License\n'],
  ['docs/guide.md', '# Guide\n\n## Config\n'],
  ['docs/api.md', '# API\n\n### handleRequest\n\n### fetchUsers\n'],
  [
    'package.json',
    `${JSON.stringify({ name: 'app', version: '1.2.3', private: true, scripts: { test: 'vitest', build: 'tsc' }, dependencies: { lodash: '^4.0.0', express: '^5.0.0' }, devDependencies: { eslint: '^9.0.0' } }, null, 2)}\n`,
  ],
  [
    'package-lock.json',
    `${JSON.stringify({ name: 'app', packages: { 'node_modules/lodash': { version: '4.0.0' } } }, null, 2)}\n`,
  ],
  ['tsconfig.json', '{"compilerOptions":{"target":"es2022","strict":true}}\n'],
  ['.eslintrc.json', '{"rules":{}}\n'],
  ['.gitignore', 'node_modules\ndist\n'],
  ['.env.example', 'PORT=3000\n'],
  ['.github/workflows/ci.yml', 'on: push\njobs:\n  test:\n    steps:\n      - run: npm test\n'],
  ['Makefile', 'build:\n\ttsc\n\ntest: build\n\tvitest\n'],
  ['Dockerfile', 'FROM node:22\nCOPY . .\n'],
  ['docker-compose.yml', 'services:\n  app:\n    build: .\n'],
  [
    'pyproject.toml',
    '[project]\nname = "app"\nversion = "0.1.0"\n\n[tool.ruff]\nline-length = 100\n',
  ],
  ['requirements.txt', 'requests==2.0\n# tests\npytest\n'],
  ['go.mod', 'module example.org/app\n\ngo 1.22\n'],
  ['Cargo.toml', '[package]\nname = "app"\nversion = "0.1.0"\n\n[dependencies]\n'],
  ['data/users.csv', 'id,name,age\n1,Ada,36\n2,Grace,45\n3,Linus,21\n'],
  ['data/sample.json', '{"items":[{"id":1,"name":"a"},{"id":7,"name":"retry"}],"total":2}\n'],
  ['data/config.yaml', 'server:\n  host: localhost\n  port: 3000\n'],
  ['logs/app.log', '10:00 INFO started\n10:01 ERROR timeout 42\n10:02 DEBUG retry 7\n'],
  ['scripts/build.sh', '#!/bin/sh\ntsc\n'],
  ['dist/app.bin', '\0\x01config\0retry loop\0'],
  ['node_modules/lodash/package.json', '{"name":"lodash","version":"4.0.0"}\n'],
  ['node_modules/lodash/index.js', 'module.exports = {}\n'],
  ['node_modules/zod/package.json', '{"name":"zod","version":"4.0.0"}\n'],
  ['node_modules/.bin/eslint', '#!/bin/sh\n'],
]
