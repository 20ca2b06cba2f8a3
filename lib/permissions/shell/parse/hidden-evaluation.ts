import type { Assignment, SyntaxNode, TestExpression, Word, WordPart } from 'unbash'
import { uncertainties } from '../../messages.ts'

/** Why the shell would run a value as code, which is unknown before; null when it only reads the value. */
export function findHiddenEvaluation(node: SyntaxNode): string | null {
  switch (node.type) {
    case 'ParameterExpansion':
      return evaluatesVariable(node) ? uncertainties.evaluatesVariable : null
    case 'Assignment':
      return isPlainIndex(node.index) && !hasSubscripts(node)
        ? null
        : uncertainties.evaluatesSubscript
    case 'ArithmeticWord':
      return /^\d*$/.test(node.value) ? null : uncertainties.evaluatesName
    case 'ArithmeticCommandExpansion':
      return uncertainties.evaluatesOutput
    case 'ArithmeticExpansion':
      return node.expression === undefined ? uncertainties.unsupportedArithmetic : null
    case 'FileDescriptorVariable':
      return uncertainties.storesDescriptor
    case 'TestUnary':
      return /^-[vR]$/.test(node.operator) ? uncertainties.evaluatesComparison : null
    case 'TestBinary':
      return evaluatesComparison(node) ? uncertainties.evaluatesComparison : null
    default:
      return null
  }
}

/** Subscripts, indirection and `@P` run the value of a variable as code. */
function evaluatesVariable(node: Extract<WordPart, { type: 'ParameterExpansion' }>): boolean {
  const { prefix, index, operation } = node
  if (prefix === '!' || !isPlainIndex(index)) return true
  // `${CDPATH:=/}` sets a variable wherever it stands.
  if (operation?.type === 'Default' && operation.operator.endsWith('=')) return true
  if (operation?.type === 'Transform' || operation?.type === 'Unknown') return true
  if (operation?.type !== 'Slice') return false
  return [operation.offset, operation.length].some(
    (word) => word !== undefined && !/^\s*-?\d*$/.test(word.value),
  )
}

/** `a=([x]=1)` evaluates its subscripts, which a variable can contain as well. */
function hasSubscripts({ value }: Assignment): boolean {
  if (value.type !== 'ArrayValue') return false
  return value.elements.some((word) => /^[["'\\$`]/.test(word.text))
}

function isPlainIndex(word: Word | undefined): boolean {
  return word === undefined || (/^(\d+|[@*])$/.test(word.value) && word.parts === undefined)
}

/** A comparison of numbers evaluates both operands. */
function evaluatesComparison({
  operator,
  left,
  right,
}: Extract<TestExpression, { type: 'TestBinary' }>): boolean {
  const isNumber = (word: Word): boolean => /^-?\d+$/.test(word.value)
  return /^-(eq|ne|lt|le|gt|ge)$/.test(operator) && !(isNumber(left) && isNumber(right))
}
