/** A character of a text, as it is compared with others that look the same. */
export interface ComparedCharacter {
  readonly folded: string
  readonly original: string
  /** Where the original begins in the text. */
  readonly offset: number
}

/** Splits a text into characters of which those that look alike are the same. Characters that are not visible are left out. */
export function foldTwins(text: string): ComparedCharacter[] {
  const all: ComparedCharacter[] = []
  let offset = 0
  for (const original of text) {
    for (const one of fold(original)) all.push({ folded: one, original, offset })
    offset += original.length
  }
  return all
}

/** A name that is the same for all names that look like it. */
export function foldName(name: string): string {
  return Array.from(name, (one) => (/[\p{Zs}]/u.test(one) ? ' ' : one))
    .join('')
    .normalize('NFC')
}

const INVISIBLE = /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/u

function fold(character: string): string {
  if (character < '\x7f') return character
  if (INVISIBLE.test(character)) return ''
  if (/\p{Zs}/u.test(character)) return ' '
  if (/\p{Pd}|\u2212/u.test(character)) return '-'
  const plain = character.normalize('NFKD')
  return Array.from(plain, (one) => TWINS.get(one) ?? one).join('')
}

/** Quotation marks, and Cyrillic and Greek letters with the shape of Latin ones. */
const TWINS = new Map<string, string>(
  (
    [
      ['‘’‚‛′ʼ´`', "'"],
      ['“”„‟″«»', '"'],
      ['…', '.'],
      ['аАαΑ', 'a'],
      ['сС', 'c'],
      ['еЕΕ', 'e'],
      ['оОοΟ', 'o'],
      ['рРρΡ', 'p'],
      ['хХΧ', 'x'],
      ['уУ', 'y'],
      ['іІΙ', 'i'],
      ['јЈ', 'j'],
      ['ѕЅ', 's'],
      ['ВΒ', 'B'],
      ['КΚ', 'K'],
      ['МΜ', 'M'],
      ['НΗ', 'H'],
      ['ТΤ', 'T'],
    ] as const
  ).flatMap(([twins, latin]) =>
    Array.from(twins, (twin): [string, string] => [
      twin,
      twin === twin.toUpperCase() && twin !== twin.toLowerCase() ? latin.toUpperCase() : latin,
    ]),
  ),
)
