import { secretOfRule } from './messages.ts'

/**
 * Keys and tokens are recognized by the rules of the secret scanner gitleaks, which `bin/dev/secret-rules.ts` writes to
 * `secret-rules.json` (216 of 222; not `generic-api-key`, which refuses ordinary sentences), and by the forms below. Those are
 * tried first: they name the issuer, and recognize what a scanner of code leaves to its other rules, such as a token without its
 * end, an example, or the beginning of a private key. `@secretlint/secretlint-rule-preset-recommend` was the alternative: it knows
 * 24 issuers, and needs the runtime of secretlint.
 */
const FORMS: readonly (readonly [kind: string, form: RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  ['a private key', /\bPuTTY-User-Key-File-\d|\bAGE-SECRET-KEY-1[A-Z0-9]{50,}/],
  ['a key of AWS', /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/],
  ['a key of AWS', /aws_?(?:secret|session)\w{0,40}["']?\s*[:=]\s*["']?[A-Za-z0-9/+=]{40,}/i],
  ['a key of Azure', /\bAccountKey=[A-Za-z0-9/+]{60,}=*|\b[\w~.]{3}\dQ~[\w~.-]{31,34}/],
  ['a token of GitHub', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})/],
  ['a token of GitLab', /\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas|imt)-[\w-]{20,}/],
  ['a key of Letta', /\bsk-let-[A-Za-z0-9+/=]{24,}/],
  ['a key of Anthropic', /\bsk-ant-[\w-]{24,}/],
  ['a key of OpenRouter', /\bsk-or-v1-[a-f0-9]{32,}/],
  [
    'a key of OpenAI',
    /\bsk-(?=[\w-]{0,200}\d)(?:proj-|svcacct-|admin-)?[\w-]{0,200}[A-Za-z0-9]{20}/,
  ],
  ['a key of Google', /\b(?:AIza[\w-]{35}|GOCSPX-[\w-]{20,}|ya29\.[\w-]{20,})/],
  ['a key of Groq', /\bgsk_[A-Za-z0-9]{32,}/],
  ['a key of xAI', /\bxai-[A-Za-z0-9]{40,}/],
  ['a key of Perplexity', /\bpplx-[A-Za-z0-9]{32,}/],
  ['a token of Hugging Face', /\bhf_[A-Za-z0-9]{30,}/],
  ['a token of Replicate', /\br8_[A-Za-z0-9]{32,}/],
  [
    'a token of Slack',
    /\bxox[abeoprs]-[\w-]{10,}|\bxapp-\d-[\w-]{20,}|hooks\.slack\.com\/services\/T\w+\/B\w+\/\w+/,
  ],
  [
    'a token of Discord',
    /\b[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,}|discord(?:app)?\.com\/api\/webhooks\/\d+\/[\w-]{40,}/,
  ],
  ['a token of Telegram', /\b\d{8,10}:AA[\w-]{33}\b/],
  ['a key of Stripe', /\b(?:[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{24,})/],
  ['a key of Twilio', /\b(?:SK|AC)[a-f0-9]{32}\b/],
  ['a token of Shopify', /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}/],
  ['a token of DigitalOcean', /\bdo[opr]_v1_[a-f0-9]{60,}/],
  ['a token of Heroku', /\bHRKU-[\w-]{30,}/],
  ['a token of Netlify', /\bnfp_[A-Za-z0-9]{36,}/],
  ['a token of Fly.io', /\bFlyV1 fm\d|\bfo1_[\w-]{40,}|\bfm[12][ar]?_[A-Za-z0-9+/=]{60,}/],
  ['a token of Vault', /\bhv[sbr]\.[\w-]{24,}/],
  ['a token of Terraform', /\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,}/],
  ['a token of Pulumi', /\bpul-[a-f0-9]{40}\b/],
  ['a token of Databricks', /\bdapi[a-f0-9]{32}/],
  ['a token of Doppler', /\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9.]{40,}/],
  ['a token of Sentry', /\bsntry[su]_[\w+/=.-]{40,}/],
  ['a key of New Relic', /\bNR(?:AK|JS|II|AL)-[A-Za-z0-9]{20,}/],
  ['a token of Grafana', /\bgl(?:c|sa)_[A-Za-z0-9+/=_]{32,}/],
  ['a token of Linear', /\blin_(?:api|oauth)_[A-Za-z0-9]{32,}/],
  ['a token of Notion', /\bntn_[A-Za-z0-9]{40,}|\bsecret_[A-Za-z0-9]{43}\b/],
  ['a token of Postman', /\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}/],
  ['a token of Docker Hub', /\bdckr_(?:pat|oat)_[\w-]{24,}/],
  ['a token of Supabase', /\bsb(?:p|_secret)_[\w-]{20,}/],
  ['a token of npm', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['a token of PyPI', /\bpypi-AgE[\w-]{50,}/],
  ['a token of RubyGems', /\brubygems_[a-f0-9]{48}\b/],
  ['a key of SendGrid', /\bSG\.[\w-]{20,}\.[\w-]{30,}/],
  ['a key of Mailgun', /\bkey-[a-f0-9]{32}\b/],
  ['a JSON web token', /\beyJ[\w-]{10,1000}\.eyJ[\w-]{10,}\.[\w-]{16,}/],
  ['a credential of a request', /\bAuthorization:\s*(?:Bearer|Basic|token)\s+[\w+/=.~-]{16,}/i],
  ['a password of a .netrc file', /\bmachine\s+\S+\s+login\s+\S+\s+password\s+\S{4,}/],
  [
    'a password in a URL',
    /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]{1,200}:(?![$<{%])[^\s/:@]{6,500}@[\w.-]+/i,
  ],
  [
    'a secret',
    /\b(?:secret|passw(?:or)?d|token|api[_-]?key)\w{0,40}["']?\s*[:=]\s*["']?(?=[^\s"']{0,200}\d)(?=[^\s"']{0,200}[a-z])(?=[^\s"']{0,200}[A-Z])[A-Za-z0-9+/=_-]{24,}/i,
  ],
]

/**
 * What a change adds that must not be stored; null for nothing. Examined are the new lines, the text around them, since a change may
 * complete a secret, and what their parts are together: a secret that is divided over lines, or over texts next to the block
 * (`others`: what is in memory already), is one for its reader.
 */
export async function findNewSecret(
  before: string,
  after: string,
  others: readonly string[] = [],
): Promise<string | null> {
  const known = new Set(before.split('\n'))
  const added = after.split('\n').filter((line) => !known.has(line))
  const ofLines = await findSecret(added.join('\n'))
  if (ofLines !== null) return ofLines
  const [old, now] = changedParts(before, after)
  const ofText = await findSecret(now)
  if (ofText !== null && (await findSecret(old)) === null) return ofText
  return findDivided(added, [...others, before], [...others, after])
}

/** Characters around a change that are searched with it: more than most secrets have. */
const AROUND = 2000

/** From the first to the last difference of both texts, with what is around it. */
function changedParts(before: string, after: string): readonly [old: string, now: string] {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  let end = 0
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++
  const cut = (text: string): string =>
    text.slice(Math.max(0, start - AROUND), Math.max(0, text.length - end + AROUND))
  return [cut(before), cut(after)]
}

/** The secret that a part in new lines is together with others. */
function findDivided(
  added: readonly string[],
  earlier: readonly string[],
  texts: readonly string[],
): string | null {
  const fresh = partsOf(wordsByLine(added).flat())
  if (fresh.length === 0) return null
  const lines = wordsByLine(texts)
  const known = new Set(joinedLines(wordsByLine(earlier)))
  const ofLines = joinedLines(lines).filter((one) => !known.has(one))
  const text = [...ofLines, ...joinedParts(partsOf(lines.flat()), fresh)].join('\n')
  return FORMS.find(([, form]) => form.test(text))?.[0] ?? null
}

/** How the tokens of most issuers begin; not what begins words, too. */
const BEGINNING =
  /^(?:AKIA|ASIA|gh[pousr]_|github_pat_|gl(?:pat|dt|rt|c|sa)[-_]|sk-(?:ant-|proj-|or-|let-|svcacct-|admin-|(?=\w*\d\w*$))|AIza|GOCSPX-|ya29\.|gsk_|xai-|pplx-|hf_|r8_|xox[abeoprs]-|xapp-|[rs]k_(?:live|test)_|whsec_|shp(?:at|ca|pa|ss)_|do[opr]_v1_|HRKU-|nfp_|hv[sbr]\.|pul-|dapi|dp\.|sntry[su]_|NR(?:AK|JS|II|AL)-|lin_|ntn_|PMAK-|dckr_|sb[ps]_|npm_|pypi-|rubygems_|SG\.|eyJ)/

/**
 * The shortest word that can be a part of a token, the shortest that is more than the name of its issuer, and the most parts that are
 * put together, and tried.
 */
const PARTS = { characters: 4, begun: 6, together: 6, tried: 200 } as const

function wordsByLine(texts: readonly string[]): readonly (readonly string[])[] {
  return plainText(texts.join('\n'))
    .split('\n')
    .map((line) => (line.match(/[\w+/~.-]+/g) ?? []).map((word) => word.replace(/^-+|\.+$/g, '')))
    .map((words) => words.filter((word) => word !== '' && !isComplete(word)))
    .filter(({ length }) => length > 0)
}

/** What is a secret without another part was found before, or was in memory already. */
function isComplete(word: string): boolean {
  return BEGINNING.test(word) && FORMS.some(([, form]) => form.test(word))
}

/** The last word of each line with the first of the next. */
function joinedLines(lines: readonly (readonly string[])[]): readonly string[] {
  return lines.slice(1).map((words, index) => `${lines[index]?.at(-1)}${words[0]}`)
}

/**
 * Each beginning of a token with the parts after it, one after another, and with each other part, of which one is new. What people
 * write between two parts is left out.
 */
function joinedParts(parts: readonly string[], fresh: readonly string[]): readonly string[] {
  const isFresh = new Set(fresh)
  const beginnings = [...parts.entries()].filter(([, part]) => isBeginning(part))
  return beginnings.slice(-PARTS.tried).flatMap(([at, part]) => {
    const continues = continuationOf(part)
    const next = parts.slice(at + 1, at + 1 + PARTS.together).filter(continues)
    const runs = next
      .map((_, index) => [part, ...next.slice(0, index + 1)])
      .filter((run) => run.some((one) => isFresh.has(one)))
    const others = (isFresh.has(part) ? parts : fresh).filter(continues)
    const pairs = others.slice(-PARTS.tried).map((other) => [part, other])
    return [...runs, ...pairs.filter(([, other]) => other !== part)].map((run) => run.join(''))
  })
}

/** The first characters of a token; not a name that begins as tokens do: `hf_transformers`. */
function isBeginning(word: string): boolean {
  return BEGINNING.test(word) && !/^[a-z]{5,}(?:[-_.]?[a-z]+|[-_.]?\d{1,4})*$/.test(restOf(word))
}

/** What follows the name of the issuer, and the version in it; what stands for letters (`xxxx`) is nothing. */
function restOf(word: string): string {
  return word.replace(BEGINNING, '').replace(/^[a-z]{3,5}\d\d-|([xX])\1+/g, '')
}

/**
 * Which parts can continue a beginning. Where little more than the name of the issuer is there (`tokens begin with ghp_`), only those
 * that no hand has written; and the hash of a commit continues only what is made of the same digits.
 */
function continuationOf(beginning: string): (part: string) => boolean {
  const rest = restOf(beginning)
  if (rest.length < PARTS.begun) return isRandom
  return /^[a-f0-9-]+$/.test(rest) ? () => true : (part) => !/^[a-f0-9-]{12,}$/.test(part)
}

/** Small and capital letters and digits, of which one in three at least is of another kind than the one before it. */
function isRandom(part: string): boolean {
  if (!/^\w{12,}$/.test(part)) return false
  const kinds = part.replace(/[a-z]/g, 'a').replace(/[A-Z]/g, 'A').replace(/\d/g, '0')
  const changes = kinds.match(/(.)(?!\1|$)/g)?.length ?? 0
  return /a/.test(kinds) && /A/.test(kinds) && /0/.test(kinds) && changes * 3 >= part.length
}

function partsOf(words: readonly string[]): readonly string[] {
  const long = words.filter(({ length }) => length >= PARTS.characters)
  return long.filter((word) => isLikePart(word) && !PUBLIC_KEY.test(word))
}

/** How the public keys of SSH begin. */
const PUBLIC_KEY = /^AAAA[A-Z][23]/

/** A word with a digit, of mixed case or of a length as sentences seldom have it. */
function isLikePart(word: string): boolean {
  return /\d|[a-z][A-Z]+[a-z]/.test(word) || word.length >= 14 || BEGINNING.test(word)
}

/** What a text contains that must not be stored, as a noun: `a private key`; null for nothing. */
export async function findSecret(text: string): Promise<string | null> {
  for (const part of textParts(plainText(text))) {
    const found = await findInPart(part)
    if (found !== null) return found
  }
  return null
}

/** What a reader does not see, or Markdown adds, hides nothing. */
function plainText(text: string): string {
  return text.normalize('NFKC').replace(/\p{Cf}|\\(?=[_*-])/gu, '')
}

/** Characters that are searched at once, and those that two neighbouring parts have in common: most secrets are shorter. */
const PART = { characters: 10_000, common: 2000 } as const

/**
 * The parts of a text that are searched. Some rules take a time that grows with the square of the length: in parts it grows with
 * the length, whatever the text is.
 *
 * @internal
 */
export function textParts(text: string): readonly string[] {
  const { characters, common } = PART
  const count = Math.max(1, Math.ceil((text.length - common) / (characters - common)))
  return Array.from({ length: count }, (_, index) => {
    const from = index * (characters - common)
    return text.slice(from, from + characters)
  })
}

async function findInPart(text: string): Promise<string | null> {
  if (text.length < MIN_CHARACTERS) return null
  const known = FORMS.find(([, form]) => form.test(text))?.[0]
  if (known !== undefined) return known
  rules ??= loadRules()
  const all = await rules
  const lower = text.toLowerCase()
  const rule = all.find((one) => {
    const isMentioned = one.keywords.some((keyword) => lower.includes(keyword))
    return isMentioned && matches(one, text)
  })
  return rule === undefined ? null : secretOfRule(rule.id)
}

/** The shortest text that any form recognizes has more. */
const MIN_CHARACTERS = 12

interface SecretRule {
  readonly id: string
  readonly form: RegExp
  /** In lower case: a text without one of them does not match. */
  readonly keywords: readonly string[]
  readonly entropy: number
  /** The group of the form that is the secret; default: the first one that matches. */
  readonly group: number | null
  /** What looks like a secret, and stands for one. */
  readonly allowed: readonly RegExp[]
}

let rules: Promise<readonly SecretRule[]> | null = null

/** Loaded when a text is examined for the first time. */
async function loadRules(): Promise<readonly SecretRule[]> {
  const { default: file } = await import('./secret-rules.json', { with: { type: 'json' } })
  const compile = ([pattern = '', flags = '']: readonly string[]): RegExp =>
    new RegExp(pattern, flags)
  const everywhere = file.allowed.map(compile)
  return (file.rules as readonly StoredRule[]).map((rule) => ({
    ...rule,
    form: new RegExp(rule.form[0] ?? '', `${rule.form[1] ?? ''}g`),
    entropy: rule.entropy ?? 0,
    group: rule.group ?? null,
    allowed: [...everywhere, ...(rule.allowed ?? []).map(compile)],
  }))
}

interface StoredRule {
  readonly id: string
  readonly form: readonly string[]
  readonly keywords: readonly string[]
  readonly entropy?: number
  readonly group?: number
  readonly allowed?: readonly (readonly string[])[]
}

function matches({ form, entropy, group, allowed }: SecretRule, text: string): boolean {
  for (const match of text.matchAll(form)) {
    const [found, ...groups] = match
    const secret = (group === null ? groups.find((one) => one) : match[group]) ?? found
    const isAllowed = allowed.some((one) => one.test(secret))
    if (!isAllowed && entropyOf(secret) >= entropy) return true
  }
  return false
}

/** Bits for each character, as Shannon defines them. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) {
    const share = count / text.length
    bits -= share * Math.log2(share)
  }
  return bits
}
