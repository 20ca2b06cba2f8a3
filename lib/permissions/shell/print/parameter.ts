import type { ParameterExpansionPart } from 'unbash'
import { fail } from './quote.ts'

/** `${name}`, `${#name}` and the operations that only shorten or replace its value. */
export function printParameter(part: ParameterExpansionPart): string {
  const { parameter, prefix, index, operation } = part
  if (prefix === '!' || index !== undefined) return fail()
  if (!/^([A-Za-z_]\w*|[0-9?#$!@*])$/.test(parameter)) return fail()
  if (prefix === '#') return operation === undefined ? `\${#${parameter}}` : fail()
  switch (operation?.type) {
    case undefined:
      return `\${${parameter}}`
    case 'Default': {
      const { operator, operand } = operation
      if (/[=?]/.test(operator) || !/^[\w./:,@%+-]*$/.test(operand.text)) return fail()
      return `\${${parameter}${operator}${operand.text}}`
    }
    case 'Remove':
      if (!/^[\w./:,@*?+-]*$/.test(operation.operand.text)) return fail()
      return `\${${parameter}${operation.operator}${operation.operand.text}}`
    case 'Replace': {
      const { operator, pattern, replacement } = operation
      const isPlain = [pattern, replacement].every(({ text }) => /^[\w.:,@-]*$/.test(text))
      return isPlain ? `\${${parameter}${operator}${pattern.text}/${replacement.text}}` : fail()
    }
    case 'Slice': {
      const { offset, length } = operation
      if (!/^\d+$/.test(offset.text) || !/^\d*$/.test(length?.text ?? '')) return fail()
      return `\${${parameter}:${offset.text}${length === undefined ? '' : `:${length.text}`}}`
    }
    case 'CaseModification':
      return operation.operand === undefined ? `\${${parameter}${operation.operator}}` : fail()
    default:
      return fail()
  }
}
