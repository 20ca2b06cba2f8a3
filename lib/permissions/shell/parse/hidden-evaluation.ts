import type { SyntaxNode, TestExpression, Word, WordPart } from 'unbash'

/** Why the shell would make code of what a part holds, which nobody has seen; null when it only reads it. */
export function evaluationIn(node: SyntaxNode): string | null {
  switch (node.type) {
    case 'ParameterExpansion':
      return expands(node) ? 'The shell would evaluate what a variable holds.' : null
    case 'Assignment':
      return isIndex(node.index) ? null : 'The shell would evaluate a subscript.'
    case 'ArithmeticWord':
      return /^\d*$/.test(node.value) ? null : 'The shell would evaluate what a name holds.'
    case 'ArithmeticCommandExpansion':
      return 'The shell would evaluate what a command prints.'
    case 'ArithmeticExpansion':
      return node.expression === undefined ? 'Arithmetic is not understood.' : null
    case 'FileDescriptorVariable':
      return 'It sets a variable to the number of a file.'
    case 'TestUnary':
      return /^-[vR]$/.test(node.operator) ? COMPARED : null
    case 'TestBinary':
      return compares(node) ? COMPARED : null
    default:
      return null
  }
}

const COMPARED = 'The shell would evaluate what is compared.'

/** Subscripts, indirection and `@P` make code of what a variable holds. */
function expands(node: Extract<WordPart, { type: 'ParameterExpansion' }>): boolean {
  const { prefix, index, operation } = node
  if (prefix === '!' || !isIndex(index)) return true
  if (operation?.type === 'Transform' || operation?.type === 'Unknown') return true
  if (operation?.type !== 'Slice') return false
  return [operation.offset, operation.length].some(
    (word) => word !== undefined && !/^\s*-?\d*$/.test(word.value),
  )
}

function isIndex(word: Word | undefined): boolean {
  return word === undefined || (/^(\d+|[@*])$/.test(word.value) && word.parts === undefined)
}

/** Numbers are compared by evaluating both sides. */
function compares({
  operator,
  left,
  right,
}: Extract<TestExpression, { type: 'TestBinary' }>): boolean {
  const isNumber = (word: Word): boolean => /^-?\d+$/.test(word.value)
  return /^-(eq|ne|lt|le|gt|ge)$/.test(operator) && !(isNumber(left) && isNumber(right))
}
