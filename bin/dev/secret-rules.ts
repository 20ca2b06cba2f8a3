import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { toJavaScript } from './go-regexp.ts'

/**
 * Writes `lib/memory/secret-rules.json` from the rules of the secret scanner gitleaks (MIT), which is a program in Go:
 * `npx tsx bin/dev/secret-rules.ts DIRECTORY`, a clone of https://github.com/gitleaks/gitleaks. Left out are the rules that are
 * about paths of files, and `generic-api-key`, which refuses ordinary sentences; `lib/memory/secrets.ts` has a stricter form.
 */
const [, , directory = '.'] = process.argv

const TOML = path.resolve('node_modules/smol-toml/dist/index.js')
const { parse } = (await import(pathToFileURL(TOML).href)) as { parse(text: string): Config }

interface Config {
  readonly allowlist: Allowlist
  readonly rules: readonly Rule[]
}

interface Rule {
  readonly id: string
  readonly regex?: string
  readonly path?: string
  readonly entropy?: number
  readonly secretGroup?: number
  readonly keywords?: readonly string[]
  readonly allowlists?: readonly Allowlist[]
}

interface Allowlist {
  readonly regexes?: readonly string[]
  readonly regexTarget?: string
}

const LEFT_OUT = new Set(['generic-api-key'])

const read = (name: string): string => readFileSync(path.join(directory, name), 'utf8')
const { rules, allowlist } = parse(read('config/gitleaks.toml'))
const own = {
  source: 'https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml',
  license: read('LICENSE').trim(),
  allowed: (allowlist.regexes ?? []).map(toJavaScript),
  rules: rules.filter(({ id, path: of }) => of === undefined && !LEFT_OUT.has(id)).flatMap(toRule),
}
writeFileSync('lib/memory/secret-rules.json', `${JSON.stringify(own, null, 1)}\n`)

function toRule(rule: Rule): readonly object[] {
  const { id, regex, entropy, secretGroup, keywords = [], allowlists = [] } = rule
  if (regex === undefined) return []
  // What is allowed because of its line or its file is not: memory is neither code nor a test.
  const allowed = allowlists
    .filter(({ regexTarget }) => regexTarget === undefined)
    .flatMap(({ regexes = [] }) => regexes.map(toJavaScript))
  const optional = {
    ...(entropy === undefined ? {} : { entropy }),
    ...(secretGroup === undefined ? {} : { group: secretGroup }),
    ...(allowed.length === 0 ? {} : { allowed }),
  }
  return [{ id, form: toJavaScript(withoutName(regex)), keywords, ...optional }]
}

/**
 * What may be before the keyword is only there to be shown. It may be empty, so leaving it out changes no result, and without it
 * the expression takes no seconds for a long word.
 */
function withoutName(pattern: string): string {
  return pattern.replaceAll('[\\w.-]{0,50}?', '')
}
