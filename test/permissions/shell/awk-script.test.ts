import { expect } from 'chai'
import { isHarmlessAwk } from '../../../lib/permissions/shell/tables/awk-script.ts'

const HARMLESS = [
  ...['1', '{print $1}', '{ print $1, $NF }', '{print $(NF-1)}', '{print NR": "$0}', 'NR%2', 'NF'],
  ...[
    'END{print NR}',
    '/foo/',
    '!/foo/',
    '/a\\/b/ {print}',
    '/[^a-z]x/',
    '/[[:space:]]+/',
    '$1~/x/',
  ],
  ...['$1 == "x" && $2 != "y"', '$3 > 10', '($3 > 10) {print $1}', 'NR>1{print $2}', '/a/,/b/'],
  ...['{if ($1 > 2) print "big"; else print "small"}', '{while (i < 3) i++; print i}'],
  ...['{for (i=1; i<=NF; i++) if ($i > x) x = $i} END {print x}', '{$1=""; print}', '!seen[$0]++'],
  ...['{n=split($0, a, ","); print a[1]}', '{gsub(/x/, "y"); print}', '{print substr($0, 1, 80)}'],
  ...[
    '{printf "%-10s %s\\n", $1, $2}',
    '{printf("%s\\t%s\\n", $1, $2)}',
    '{print $2 / 2, a[1] / 3}',
  ],
  ...[
    'NR==FNR{a[$1];next} $1 in a',
    'BEGIN{FS=":"} {print $1}',
    '{split($0, parts, ":"); print parts[1]}',
    '{sum+=$1} END {print sum/NR}',
    '',
  ],
]

const UNCERTAIN = [
  // Programs.
  ...['{system("x")}', '{system ("x")}', '{print | "x"}', '{print |& "x"}', '{"x" | getline}'],
  ...['BEGIN{while (("x" | getline) > 0) n++}', '{a = system("x")}', '{close("x")}', '{@x()}'],
  ...['@include "x"', '@load "x"', '@namespace "x"\n1', '{awk::system("x")}', '{a::b}'],
  // Files.
  ...['{print > "x"}', '{print>"x"}', '{print >> "x"}', '{printf "a" > "x"}', '{print(1)>"x"}'],
  ...[
    '{print (1, 2) > "x"}',
    '{print (a > "x")}',
    '{if (1) print > "x"}',
    '{if (1) {print > "x"}}',
  ],
  ...['{for (;;) print > "x"}', '{print a ? b > "x" : c}', '{print a[1 > "x"]}', '{print} > "x"'],
  ...['getline', '{getline < "x"}', '{getline x}', '(getline x) > 0', '{print >= "x"}', '> "x"'],
  ...['{print $1 >$2}', '{print -1 >"x"}', '{print !x >"x"}', '{x = "a" > "x"}', 'print > "x"'],
  // What it could read besides its input.
  ...['{print ENVIRON["TOKEN"]}', 'BEGIN{ARGV[1]="/etc/passwd"; ARGC=2}', '{print PROCINFO["x"]}'],
  ...[
    '{print SYMTAB["ENVIRON"]}',
    '{FUNCTAB["x"]}',
    '{nextfile}',
    '{print environ}',
    '{print $HOME}',
  ],
  // Functions of the script.
  ...['function f(x) {print x} {f(1)}', 'func f() {}', '{x(1)}', '{return}', '{f (1)', '{n1(2)}'],
  // Texts that versions divide into tokens differently.
  ...['{x = 1 / 2 > "x" / 3}', '{print /x/}', '{if (1) /x/; print > "/"}', '(1) / 2', 'a /= 2'],
  ...[
    '/=x/',
    '/[/]x/',
    '/[\\/]x/',
    '/[]x]/',
    '/[^]x]/',
    '/[^^]/ /x',
    '/x',
    '{i++ / 2}',
    '{1 in /x/}',
  ],
  ...[
    '{print "\\x41"}',
    '{print "a\\\nb"}',
    '{print "a}',
    '{print 1e5}',
    '{print 0x1}',
    '{print .5}',
  ],
  // Line breaks, comments and brackets.
  ...[
    '{print}\n{print}',
    '# x',
    '{print $1 # x\n}',
    '{print \\\n $1}',
    '{print',
    'print}',
    '{(print)}',
  ],
  ...['{print (1}', '{a[1}', '{(;)}', '({print})', '[{print}]', '{print ()'],
]

describe('An awk script', () => {
  it('of listed tokens, which computes and prints, is harmless', () => {
    expect(HARMLESS.filter((script) => !isHarmlessAwk(script))).to.deep.equal([])
  })

  it('is not known to be harmless when it could start a program, write, or read other files', () => {
    expect(UNCERTAIN.filter(isHarmlessAwk)).to.deep.equal([])
  })

  it('is judged at once, however long it is', () => {
    const start = performance.now()
    for (const part of ['/[a', '/[^a]', '"x', '((((', '/a\\', '{if(a>', 'a /', '    '])
      isHarmlessAwk(part.repeat(2_000 / part.length))
    expect(isHarmlessAwk(`{print ${'$1, '.repeat(600)}$2}`)).to.equal(false)
    expect(performance.now() - start).to.be.lessThan(1_000)
  })
})
