/** A regular expression of JavaScript: the pattern and its flags. */
export type PortableRegExp = readonly [pattern: string, flags: string]

/**
 * Translates a regular expression of Go (RE2). The versions of Node that are supported have no flags inside of a pattern, so
 * letters of parts that ignore the case are written in both cases.
 */
export function toJavaScript(pattern: string): PortableRegExp {
  const isInsensitive = /^\(\?i\)/.test(pattern) && !pattern.includes('(?-i')
  const text = translate(isInsensitive ? pattern.slice(4) : pattern, isInsensitive)
  const flags = isInsensitive ? 'i' : ''
  // Throws for what was not translated.
  new RegExp(text, flags)
  return [text, flags]
}

/** `ignoresCase`: by the flag of the pattern itself. */
function translate(pattern: string, ignoresCase: boolean): string {
  let text = ''
  // The flag i of each open group.
  const open: boolean[] = [false]
  const isFolded = (): boolean => !ignoresCase && open.at(-1) === true
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at)
    const flags = /^\(\?(-?)([is])([:)])/.exec(rest)
    if (flags !== null) {
      const [match, minus, flag, end] = flags
      if (flag === 's') {
        // Only `(?s:.)` is used.
        if (!rest.startsWith('(?s:.)')) throw new Error(`not translated: ${pattern}`)
        text += '[\\s\\S]'
        at += 5
        continue
      }
      const value = minus !== '-'
      if (end === ')') open[open.length - 1] = value
      else {
        open.push(value)
        text += '(?:'
      }
      at += match.length - 1
      continue
    }
    const name = /^\(\?P<\w+>/.exec(rest)?.[0]
    if (name !== undefined) {
      // The names of groups are not needed.
      open.push(open.at(-1) === true)
      text += '('
      at += name.length - 1
      continue
    }
    const character = pattern[at] ?? ''
    if (character === '[') {
      const end = classEnd(pattern, at)
      text += translateClass(pattern.slice(at, end + 1), isFolded())
      at = end
    } else if (character === '\\') {
      const next = pattern[at + 1] ?? ''
      const hex = /^\\x[0-9a-fA-F]{2}/.exec(rest)?.[0]
      text += next === 'z' ? '(?![\\s\\S])' : (hex ?? `\\${next}`)
      at += (hex?.length ?? 2) - 1
    } else {
      if (character === '(') open.push(open.at(-1) === true)
      if (character === ')') open.pop()
      text += isFolded() && /[a-z]/i.test(character) ? bothCases(character) : character
    }
  }
  return text
}

function bothCases(letter: string): string {
  return `[${letter.toLowerCase()}${letter.toUpperCase()}]`
}

const CLASSES: Readonly<Record<string, string>> = { '[:alnum:]': 'a-zA-Z0-9' }

function classEnd(pattern: string, start: number): number {
  for (let at = start + 1; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++
    else if (pattern.startsWith('[:', at)) at = pattern.indexOf(':]', at) + 1
    else if (pattern[at] === ']' && at > start + 1) return at
  }
  throw new Error(`not translated: ${pattern}`)
}

function translateClass(text: string, isFolded: boolean): string {
  const named = Object.entries(CLASSES).reduce((all, [name, set]) => all.replace(name, set), text)
  if (!isFolded) return named
  // Escapes stay; ranges and letters get the other case.
  return named.replace(/\\.|[a-z]-[a-z]|[A-Z]-[A-Z]|[a-z]/gi, (part) => {
    if (part.startsWith('\\')) return part
    const [lower, upper] = [part.toLowerCase(), part.toUpperCase()]
    return `${lower}${upper}`
  })
}
