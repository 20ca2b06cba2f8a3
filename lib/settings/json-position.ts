import { findNodeAtLocation, type JSONPath, parseTree } from 'jsonc-parser'
import { positionAt } from './json.ts'

/** Where the text contains the value, or its key, counted from 1; null when it does not. */
export function positionOf(
  text: string,
  path: JSONPath,
): { readonly line: number; readonly column: number } | null {
  const tree = treeOf(text)
  const node = tree === undefined ? undefined : findNodeAtLocation(tree, path)
  if (node === undefined) return null
  return positionAt(text, (node.parent?.type === 'property' ? node.parent : node).offset)
}

/** The keys of the object at the path that occur more than once: only the last of each counts. Null when it is nested too deeply. */
export function repeatedKeys(text: string, path: JSONPath): readonly string[] | null {
  const tree = treeOf(text)
  if (tree === undefined) return null
  const node = findNodeAtLocation(tree, path)
  if (node?.type !== 'object') return []
  const keys = (node.children ?? []).map((property) => String(property.children?.[0]?.value))
  return [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))]
}

/** Undefined for text that is nested too deeply for the parser, which is recursive. */
function treeOf(text: string): ReturnType<typeof parseTree> {
  try {
    return parseTree(text, [], { allowTrailingComma: true })
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined
    throw thrown
  }
}
