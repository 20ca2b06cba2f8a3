import { expect } from 'chai'
import { decide } from '../../../../lib/permissions/decide.ts'
import { suggest } from '../../../../lib/permissions/suggest.ts'
import type { PermissionMode, PermissionRules, Verdict } from '../../../../lib/permissions/types.ts'
import { emptyFacts, IMAGINARY_BOUNDS } from '../../../support/file-facts.ts'
import { requestFor } from '../../../support/permission-requests.ts'

const bounds = IMAGINARY_BOUNDS

async function decisions(
  lines: readonly string[],
  { allow = [], deny = [] }: { allow?: readonly string[]; deny?: readonly string[] },
  mode: PermissionMode = 'default',
): Promise<Readonly<Record<string, Verdict['decision']>>> {
  const list = (texts: readonly string[]): PermissionRules['allow'] =>
    texts.map((text) => ({ text, source: 'user' }))
  const policy = { mode, bounds, rules: { allow: list(allow), deny: list(deny), ask: [] } }
  const entries = lines.map(async (command) => {
    const request = requestFor('Bash', { command }, '/p', '/h')
    return [command, (await decide(policy, request, emptyFacts())).decision] as const
  })
  return Object.fromEntries(await Promise.all(entries))
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
  it('are denied with it, in every mode and despite every allow rule', async () => {
    const rules = { allow: ['Bash'], deny: ['Bash(rm:*)'] }
    for (const mode of ['default', 'bypassPermissions'] as const) {
      expect(await decisions(STARTING_RM, rules, mode)).to.deep.equal(all(STARTING_RM, 'deny'))
    }
  })

  it('are not denied for a word that only looks like a program', async () => {
    const rules = { deny: ['Bash(rm:*)'] }
    expect(await decisions(NOT_STARTING_RM, rules, 'bypassPermissions')).to.deep.equal(
      all(NOT_STARTING_RM, 'allow'),
    )
  })

  it('require approval when the script comes from a pipe', async () => {
    const lines = ['source <(x)', '. <(x)', 'bash <(x)', 'source /dev/fd/3', 'bash /proc/self/fd/0']
    const rules = { allow: ['Bash'], deny: ['Bash(rm:*)'] }
    expect(await decisions(lines, rules)).to.deep.equal(all(lines, 'ask'))
    expect(await decisions(lines, rules, 'bypassPermissions')).to.deep.equal(all(lines, 'ask'))
  })

  it('require approval when a file name becomes part of a script', async () => {
    const lines = [`find . -exec sh -c 'echo {}' \\;`, `find . -exec sh -c 'echo "{}"' \\;`]
    const rules = { deny: ['Bash(rm:*)'] }
    expect(await decisions(lines, rules, 'bypassPermissions')).to.deep.equal(all(lines, 'ask'))
    const safe = [`find . -exec sh -c 'echo "$1"' sh {} \\;`]
    expect(await decisions(safe, rules, 'bypassPermissions')).to.deep.equal(all(safe, 'allow'))
  })

  it('are covered by a rule for their own name only when they run packages', async () => {
    const packages = ['npx eslint src', 'uv run pytest -k a', 'npm exec eslint']
    const allow = ['Bash(npx eslint:*)', 'Bash(uv run pytest:*)', 'Bash(npm exec eslint:*)']
    expect(await decisions(packages, { allow })).to.deep.equal(all(packages, 'allow'))
    const others = [`git submodule foreach 'rm x'`, `rsync -e 'rm x' a b`, `vim -c '!rm x'`]
    const wide = ['Bash(git submodule foreach:*)', 'Bash(rsync:*)', 'Bash(vim:*)']
    expect(await decisions(others, { allow: wide })).to.deep.equal(all(others, 'ask'))
  })

  it('are suggested as a rule only together with what they start', async () => {
    const policy = { mode: 'default' as const, bounds, rules: { allow: [], deny: [], ask: [] } }
    const suggestion = async (command: string): Promise<string | undefined> =>
      (await suggest(policy, requestFor('Bash', { command }, '/p', '/h'), emptyFacts()))?.rule
    expect(await suggestion('npm exec eslint src')).to.equal('Bash(npm exec eslint:*)')
    expect(await suggestion('pnpm dlx cowsay hi')).to.equal('Bash(pnpm dlx cowsay:*)')
  })
})
