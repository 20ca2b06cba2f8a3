import path from 'node:path'
import picomatch from 'picomatch'
import type { Ground } from './request.ts'

/** A rule taken apart. A null payload speaks of every call of the tool. */
export interface ParsedRule {
  readonly tool: string
  readonly payload: string | null
}

/** `Tool` or `Tool(payload)`; null when the text is neither. MultiEdit and NotebookEdit are bound by Edit's rules. */
export function parseRule(text: string): ParsedRule | null {
  const match = /^\s*([A-Za-z_*][\w-]*)\s*(?:\(([\s\S]*)\))?\s*$/.exec(text)
  if (match === null) return null
  const [, tool = '', payload] = match
  return { tool: EDITS.has(tool) ? 'Edit' : tool, payload: payload ?? null }
}

const EDITS = new Set(['MultiEdit', 'NotebookEdit'])

export function toolFamily(tool: string): string {
  return EDITS.has(tool) ? 'Edit' : tool
}

/** `npm run test:*` is a prefix that ends at a word; anything else is one exact command. */
export function matchesCommand(payload: string, command: string): boolean {
  const wanted = payload.trim()
  if (wanted === ':*' || wanted === '*' || wanted === '**') return true
  if (!wanted.endsWith(':*')) return wanted === command
  const prefix = wanted.slice(0, -2).trimEnd()
  return command === prefix || command.startsWith(`${prefix} `)
}

/** A path against a glob, as it is written and as it resolves, so that neither a link nor `..` slips past. */
export function matchesPath(payload: string, file: string, ground: Ground): boolean {
  const glob = absoluteGlob(payload.trim(), ground)
  const isMatch = picomatch([glob, `${glob.replace(/\/\*\*$/, '')}`], { dot: true, nonegate: true })
  return [path.normalize(file), ground.resolve(file)].some((one) => isMatch(one))
}

function absoluteGlob(payload: string, { directory, home }: Ground): string {
  if (payload.startsWith('//')) return payload.slice(1)
  if (payload === '~' || payload.startsWith('~/')) return home + payload.slice(1)
  return payload.startsWith('/') ? payload : path.posix.join(directory, payload)
}
