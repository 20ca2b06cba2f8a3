import { forEachChild, type SyntaxNode } from 'unbash'

/**
 * Whether a script contains what only bash and shells like it read as it is parsed here. Other shells take it for other commands: to
 * dash, `[[ a > b ]]` is a program whose output goes to a file, `a &> b` starts `a` in the background and empties the file, and
 * `{a,b}` is one word.
 */
export function needsBash(node: SyntaxNode): boolean {
  if (isOnlyInBash(node)) return true
  let isFound = 'script' in node && node.script !== undefined && needsBash(node.script)
  forEachChild(node, (child) => {
    isFound ||= needsBash(child)
  })
  return isFound
}

function isOnlyInBash(node: SyntaxNode): boolean {
  if (ONLY_IN_BASH.has(node.type)) return true
  switch (node.type) {
    case 'Assignment':
      return node.append === true || node.index !== undefined || node.value.type === 'ArrayValue'
    case 'Pipeline':
      return node.operators.includes('|&') || node.prefixes.some(({ type }) => type !== 'Negation')
    case 'ParameterExpansion':
      return BASH_OPERATIONS.has(node.operation?.type ?? '')
    case 'CaseItem':
      return node.terminator !== undefined && node.terminator !== ';;'
    case 'FileDescriptor':
      // To dash, `10< file` is the word `10` and `< file`.
      return node.value > 9
    default:
      return 'operator' in node && ONLY_BASH_REDIRECTS.has(String(node.operator))
  }
}

const ONLY_IN_BASH: ReadonlySet<string> = new Set(
  (
    'TestCommand ArithmeticCommand ArithmeticFor Select Coproc ProcessSubstitution AnsiCQuoted LocaleString ExtendedGlob ' +
    'BraceExpansion'
  ).split(' '),
)

const BASH_OPERATIONS: ReadonlySet<string> = new Set([
  'Slice',
  'Replace',
  'CaseModification',
  'Transform',
])

const ONLY_BASH_REDIRECTS: ReadonlySet<string> = new Set(['&>', '&>>', '<<<'])

/** Whether a program reads the script that it is given as it is parsed here; `eval` and `trap` as the shell around them does. */
export function readsBash(program: string, isAroundBash: boolean): boolean {
  return OF_THE_SHELL.has(program) ? isAroundBash : BASH_AND_LIKE.has(program)
}

const OF_THE_SHELL = new Set(['eval', 'trap', 'source', '.', 'mapfile', 'readarray'])

const BASH_AND_LIKE = new Set(['bash', 'rbash', 'zsh', 'ksh', 'mksh'])
