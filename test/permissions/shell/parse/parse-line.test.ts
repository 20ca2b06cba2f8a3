import { expect } from 'chai'
import { readLine } from '../../../../lib/permissions/shell/parse/parse-line.ts'
import type { SimpleCommand } from '../../../../lib/permissions/shell/types.ts'

const ground = { directory: '/p', home: '/h', readable: [], resolve: (path: string) => path }

function programs(commands: readonly SimpleCommand[]): readonly string[] {
  return commands.flatMap(({ words, inner }) => [
    words.map((word) => word.values[0] ?? '?').join(' '),
    ...programs(inner?.commands ?? []),
  ])
}

const found = (line: string): readonly string[] => programs(readLine(line, ground).commands)

describe('a shell line', () => {
  it('is read down to its simple commands', () => {
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

  it('is read inside substitutions, wherever they stand', () => {
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

  it('is read through quotes, escapes and braces', () => {
    expect(found(`r""m 'a b' c\\ d $'\\x41'`)).to.deep.equal(['rm a b c d A'])
    expect(found('{rm,-rf,x{1,2}}')).to.have.length(1)
    expect(found('ls {a,b}.ts ~/c')).to.deep.equal(['ls a.ts b.ts /h/c'])
  })

  it('is read through wrappers', () => {
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

  it('tells where each command may run', () => {
    const folders = (line: string): unknown => readLine(line, ground).commands.at(-1)?.folders
    expect(folders('ls')).to.deep.equal(['/p'])
    expect(folders('cd src && ls')).to.deep.equal(['/p/src'])
    expect(folders('cd src; ls')).to.have.members(['/p/src', '/p'])
    expect(folders('(cd src); ls')).to.deep.equal(['/p'])
    expect(folders('cd; ls')).to.have.members(['/h', '/p'])
    expect(folders('cd $X && ls')).to.equal(null)
    expect(folders('while cd ..; do ls; done')).to.equal(null)
  })

  it('is doubted where the shell would make code of what it holds', () => {
    const lines = [
      'echo $((x))',
      '[[ a -eq b ]]',
      `echo \${!x}`,
      `echo \${x@P}`,
      'a[$x]=1',
      'f() { ls; }',
      'echo "x',
      'ls ;;',
      'cat <<E',
      'eval "$x"',
    ]
    for (const line of lines) expect(readLine(line, ground).doubts, line).not.to.deep.equal([])
    for (const line of ['echo $((1 + 2))', '[[ -f x ]]', `echo \${a[1]}`, 'ls']) {
      expect(readLine(line, ground).doubts, line).to.deep.equal([])
    }
  })

  it('does not grow beyond measure when wrappers stand in wrappers', () => {
    const { doubts } = readLine(`${'docker run '.repeat(200)}ls`, ground)
    expect(doubts.some(({ hides }) => hides)).to.equal(true)
  })
})
