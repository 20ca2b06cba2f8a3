import { existsSync } from 'node:fs'
import path from 'node:path'
import { ruleErrors } from '../permissions/messages.ts'
import type { RuleProblem } from '../permissions/rules/examine-rule.ts'
import { isFileTool, parseRule } from '../permissions/rules/rule.ts'

/**
 * What is wrong with a rule for files whose path begins where nothing is: `Grep(/sec/**)` is about the top of the file system, and
 * `Read($HOME/x)` and `Read(~ada/x)` are about directories of the project with these names, as are quotations. Null when there is something.
 */
export function examineRoot(text: string, directory: string): RuleProblem | null {
  const { tool = '', payload = null } = parseRule(text) ?? {}
  const first = payload === null ? undefined : ROOT.exec(payload)?.[0]
  if (payload === null || first === undefined || !isFileTool(tool)) return null
  // `//sec` is an address that someone knows to be absolute, perhaps on another machine.
  const isAbsolute = first.startsWith('/')
  const place = isAbsolute ? first : path.join(directory, first)
  if (existsSync(place)) return null
  const isOfProject = isAbsolute && existsSync(path.join(directory, first))
  const meant = meantBy(payload, first)
  return {
    reason: ruleErrors.nothingAt(place),
    meant: meant === null ? null : `${tool}(${meant})`,
    isUnusable: isOfProject || !isAbsolute,
  }
}

function meantBy(payload: string, first: string): string | null {
  if (first.startsWith('/')) return payload.slice(1)
  if (HOME.test(first)) return `~${payload.slice(first.length)}`
  if (first === 'file:') return payload.replace(/^file:\/*/, '//')
  return /^(["'])(.+)\1$/.exec(payload)?.[2] ?? null
}

/** A name after one slash, without wildcards; a variable; the home directory of a named user; a quotation; an address. */
const ROOT =
  /^(?:\/(?![A-Z]:)[^/*?[\]{}\\]+|\$\{\w+\}|\$\w+|%\w+%|[~"'][^/*?[\]{}\\]+|file:)(?=\/|$)/

const HOME = /^(\$\{?HOME\}?|%USERPROFILE%)$/
