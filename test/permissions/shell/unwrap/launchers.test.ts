import { expect } from 'chai'
import { decide } from '../../../../lib/permissions/decide.ts'
import { suggest } from '../../../../lib/permissions/suggest.ts'
import type { PermissionMode, PermissionRules, Verdict } from '../../../../lib/permissions/types.ts'
import { requestFor } from '../../../support/permission-requests.ts'

const view = { directory: '/p', home: '/h', readable: [], resolve: (path: string) => path }

function decisions(
  lines: readonly string[],
  { allow = [], deny = [] }: { allow?: readonly string[]; deny?: readonly string[] },
  mode: PermissionMode = 'default',
): Readonly<Record<string, Verdict['decision']>> {
  const list = (texts: readonly string[]): PermissionRules['allow'] =>
    texts.map((text) => ({ text, source: 'user' }))
  const policy = { mode, view, rules: { allow: list(allow), deny: list(deny), ask: [] } }
  return Object.fromEntries(
    lines.map((command) => {
      const request = requestFor('Bash', { command }, '/p', '/h')
      return [command, decide(policy, request).decision]
    }),
  )
}

function all(
  lines: readonly string[],
  decision: Verdict['decision'],
): Readonly<Record<string, string>> {
  return Object.fromEntries(lines.map((line) => [line, decision]))
}

const STARTING_RM = [
  ...['npx rm x', 'npm exec -- rm x', 'pnpm dlx rm x', 'yarn exec rm x', 'bunx rm x', 'uvx rm x'],
  ...['poetry run rm x', 'pipenv run rm x', 'uv run rm x', 'conda run -n a rm x', 'mise x -- rm x'],
  ...['bundle exec rm x', 'pyenv exec rm x', 'nix develop -c rm x', 'tmux new -d rm x'],
  ...[`npx -c 'rm x'`, `nix-shell --run 'rm x'`, `hyperfine 'rm x'`, `tmux neww 'rm x'`],
  ...[`git -c alias.x='!rm x' x`, `git -c core.pager='rm x' log`, `git submodule foreach 'rm x'`],
  ...[`git rebase --exec 'rm x' main`, 'git bisect run rm x'],
  ...[`tar --to-command='rm x' -xf a`, `tar cf a --checkpoint-action=exec='rm x' .`],
  ...[`rsync -e 'rm x' a b:`, `vim -c ':!rm x'`, `less '+!rm x' a`, `man -P 'rm x' ls`],
  ...['rg --pre rm x', 'sort --compress-program=rm a', `mapfile -C 'rm x' -c 1`],
  ...[`alias a='rm x'`, `export PAGER='rm x'`, `PAGER='rm x' git log`],
  ...[`GIT_SSH_COMMAND='rm x' git fetch`, `EDITOR='rm x' git commit`],
  ...['eval -- rm x', `trap -- 'rm x' EXIT`, `sh -c -- 'rm x'`, 'ssh -p 22 host -t -- rm x'],
  ...['env -a b rm x', 'env --argv0 b rm x', 'proxychains4 rm x', `source /dev/stdin <<< 'rm x'`],
  ...[`at now <<< 'rm x'`, `bash /dev/stdin <<< 'rm x'`],
]

const NOT_STARTING_RM = [
  ...['npm install rm', 'poetry add rm', 'uv pip install rm', 'git commit -m "run rm x"'],
  ...['git log --grep=rm', 'tar tf rm.tar', 'vim rm', 'man rm', 'alias', 'export NAME=rm'],
]

describe('Programs that start another of their words', () => {
  it('are denied with it, in every mode and despite every allow rule', () => {
    const rules = { allow: ['Bash'], deny: ['Bash(rm:*)'] }
    for (const mode of ['default', 'bypassPermissions'] as const) {
      expect(decisions(STARTING_RM, rules, mode)).to.deep.equal(all(STARTING_RM, 'deny'))
    }
  })

  it('are not denied for a word that only looks like a program', () => {
    const rules = { deny: ['Bash(rm:*)'] }
    expect(decisions(NOT_STARTING_RM, rules, 'bypassPermissions')).to.deep.equal(
      all(NOT_STARTING_RM, 'allow'),
    )
  })

  it('require approval when the script comes from a pipe', () => {
    const lines = ['source <(x)', '. <(x)', 'bash <(x)', 'source /dev/fd/3', 'bash /proc/self/fd/0']
    const rules = { allow: ['Bash'], deny: ['Bash(rm:*)'] }
    expect(decisions(lines, rules)).to.deep.equal(all(lines, 'ask'))
    expect(decisions(lines, rules, 'bypassPermissions')).to.deep.equal(all(lines, 'ask'))
  })

  it('are covered by a rule for their own name only when they run packages', () => {
    const packages = ['npx eslint src', 'uv run pytest -k a', 'npm exec eslint']
    const allow = ['Bash(npx eslint:*)', 'Bash(uv run pytest:*)', 'Bash(npm exec eslint:*)']
    expect(decisions(packages, { allow })).to.deep.equal(all(packages, 'allow'))
    const others = [`git submodule foreach 'rm x'`, `rsync -e 'rm x' a b`, `vim -c '!rm x'`]
    const wide = ['Bash(git submodule foreach:*)', 'Bash(rsync:*)', 'Bash(vim:*)']
    expect(decisions(others, { allow: wide })).to.deep.equal(all(others, 'ask'))
  })

  it('are suggested as a rule only together with what they start', () => {
    const policy = { mode: 'default' as const, view, rules: { allow: [], deny: [], ask: [] } }
    const suggestion = (command: string): string | undefined =>
      suggest(policy, requestFor('Bash', { command }, '/p', '/h'))?.rule
    expect(suggestion('npm exec eslint src')).to.equal('Bash(npm exec eslint:*)')
    expect(suggestion('pnpm dlx cowsay hi')).to.equal('Bash(pnpm dlx cowsay:*)')
  })
})
