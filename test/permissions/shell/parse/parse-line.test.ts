import { expect } from 'chai'
import { parseLine } from '../../../../lib/permissions/shell/parse/parse-line.ts'
import type { SimpleCommand } from '../../../../lib/permissions/shell/types.ts'
import { EMPTY_VIEW } from '../../../support/file-facts.ts'

function programs(commands: readonly SimpleCommand[]): readonly string[] {
  return commands.flatMap(({ words, inner }) => [
    words.map((word) => word.values[0] ?? '?').join(' '),
    ...programs(inner?.commands ?? []),
  ])
}

const found = (line: string): readonly string[] => programs(parseLine(line, EMPTY_VIEW).commands)

describe('A shell line', () => {
  it('is parsed into its simple commands', () => {
    expect(found('a 1 && b || c; d | e & f\ng')).to.deep.equal([
      'a 1',
      'b',
      'c',
      'd',
      'e',
      'f',
      'g',
    ])
    expect(found('if a; then b; elif c; then d; else e; fi')).to.deep.equal([
      'a',
      'b',
      'c',
      'd',
      'e',
    ])
    expect(found('for x in 1; do a; done; while b; do c; done')).to.deep.equal(['a', 'b', 'c'])
    expect(found('case x in y) a;; *) b;; esac; { c; (d); }')).to.deep.equal(['a', 'b', 'c', 'd'])
    expect(found('f() { a; }; coproc b')).to.deep.equal(['a', 'b'])
  })

  it('is parsed inside substitutions at every position', () => {
    expect(found('a "$(b `c`)"')).to.deep.equal(['c', 'b ?', 'a ?'])
    expect(found('x=$(a) b <(c) > "$(d)"')).to.include.members(['a', 'c', 'd'])
    expect(found(`echo \${x:-$(a)} $((1 + $(b))) "\${y[$(c)]}"`)).to.include.members([
      'a',
      'b',
      'c',
    ])
    expect(found('cat <<E\n$(a)\nE')).to.include('a')
    expect(found("cat <<'E'\n$(a)\nE")).to.deep.equal(['cat'])
  })

  it('is parsed through quotes, escapes and braces', () => {
    expect(found(`r""m 'a b' c\\ d $'\\x41'`)).to.deep.equal(['rm a b c d A'])
    expect(found('{rm,-rf,x{1,2}}')).to.have.length(1)
    expect(found('ls {a,b}.ts ~/c')).to.deep.equal(['ls a.ts b.ts /h/c'])
  })

  it('has the numbers and letters of ranges in braces', () => {
    expect(found('a {1..3} {3..1} {1..9..4}')).to.deep.equal(['a 1 2 3 3 2 1 1 5 9'])
    expect(found('a {08..10} {9..010} {0..1}')).to.deep.equal(['a 08 09 10 009 010 0 1'])
    expect(found('a {a..c} {c..a} {A..E..2}')).to.deep.equal(['a a b c c b a A C E'])
    // What lies between them, and how a version of the shell counts then, is not known.
    for (const range of ['{A..z}', '{1..3..0}', '{a..3}', '{1..9999}'])
      expect(found(`a ${range}`), range).to.deep.equal(['a ?'])
  })

  it('is parsed through wrappers', () => {
    expect(found('sudo -u bob env A=1 timeout -k 5 10 nice -n 5 rm x')).to.deep.equal([
      'sudo -u bob env A=1 timeout -k 5 10 nice -n 5 rm x',
      'env A=1 timeout -k 5 10 nice -n 5 rm x',
      'timeout -k 5 10 nice -n 5 rm x',
      'nice -n 5 rm x',
      'rm x',
    ])
    expect(found('find . -exec rm {} + -exec ls {} \\;')).to.include.members(['rm {}', 'ls {}'])
    expect(found(`bash -lc 'a; sh -c "b"'`)).to.include.members(['a', 'b'])
    expect(found('echo "rm x" | sh')).to.include('rm x')
    expect(found('bash <<E\nrm x\nE')).to.include('rm x')
  })

  it('gives the directories in which each command can run', () => {
    const directories = (line: string): unknown =>
      parseLine(line, EMPTY_VIEW).commands.at(-1)?.directories
    expect(directories('ls')).to.deep.equal(['/p'])
    expect(directories('cd src && ls')).to.deep.equal(['/p/src'])
    expect(directories('cd src; ls')).to.have.members(['/p/src', '/p'])
    expect(directories('(cd src); ls')).to.deep.equal(['/p'])
    expect(directories('cd; ls')).to.have.members(['/h', '/p'])
    expect(directories('cd $X && ls')).to.equal(null)
    expect(directories(`${'cd a && '.repeat(50)}ls`)).to.deep.equal([`/p${'/a'.repeat(50)}`])
    // Each step would be looked up.
    expect(directories(`${'cd a && '.repeat(600)}ls`)).to.equal(null)
    expect(directories('while cd ..; do ls; done')).to.equal(null)
  })

  it('is uncertain where the shell would evaluate a value as code', () => {
    const lines = [
      'echo $((x))',
      '[[ a -eq b ]]',
      `echo \${!x}`,
      `echo \${x@P}`,
      'a[$x]=1',
      `echo \${a[b]}`,
      `echo \${a[$x]}`,
      'f() { ls; }',
      'echo "x',
      'ls ;;',
      'cat <<E',
      'eval "$x"',
    ]
    for (const line of lines)
      expect(parseLine(line, EMPTY_VIEW).uncertainties, line).not.to.deep.equal([])
    for (const line of ['echo $((1 + 2))', '[[ -f x ]]', `echo \${a[1]}`, 'ls']) {
      expect(parseLine(line, EMPTY_VIEW).uncertainties, line).to.deep.equal([])
    }
  })

  it('has bounded size when wrappers are nested', () => {
    const { uncertainties } = parseLine(`${'docker run '.repeat(200)}ls`, EMPTY_VIEW)
    expect(uncertainties.some(({ hides }) => hides)).to.equal(true)
  })
})
