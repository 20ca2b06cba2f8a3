/**
 * Characters that a person cannot see, or takes for others: text that someone approves, and rules that grant, are shown with each of
 * them spelled out.
 */

const PICTOGRAPH = '\\p{Extended_Pictographic}(?:\\ufe0f|\\p{Emoji_Modifier})?'

/** Sequences in which such characters are a part of one image. */
export const EMOJI = [
  `${PICTOGRAPH}(?:\\u200d${PICTOGRAPH})+`,
  '\\u{1f3f4}\\u{e0067}\\u{e0062}(?:\\u{e0065}\\u{e006e}\\u{e0067}|\\u{e0073}\\u{e0063}\\u{e0074}|\\u{e0077}\\u{e006c}\\u{e0073})\\u{e007f}',
  '\\p{Extended_Pictographic}\\ufe0f',
].join('|')

// Default ignorables, which include bidi controls and tags, get no cell in a terminal.
export const INVISIBLE =
  '\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffb\\p{Noncharacter_Code_Point}'

/**
 * Emoji, blanks at the end of a line, and runs of one invisible character. Blanks other than the space, and the empty Braille
 * cell, look like spaces.
 */
export const REVEALED = new RegExp(
  `(${EMOJI})|((?<! ) +(?=\\n|$))|([\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000\\u2800${INVISIBLE}])(?<!\\n)\\3*`,
  'gu',
)

/** `\\x1b`, or `\\u202e×5` for a run of one character. */
export function spell(run: string): string {
  const characters = [...run]
  const code = characters[0]?.codePointAt(0) ?? 0
  const spelled = NAMED[code] ?? spellCode(code)
  return characters.length < 4
    ? spelled.repeat(characters.length)
    : `${spelled}×${characters.length}`
}

const NAMED: Readonly<Record<number, string>> = { 9: '\\t', 13: '\\r' }

function spellCode(code: number): string {
  const digits = code.toString(16)
  if (code < 0x100) return `\\x${digits.padStart(2, '0')}`
  return code > 0xffff ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`
}

/** A rule or name with everything invisible spelled out (`\x1b`, `\u202e`, blanks at the end as `·`), on one line. */
export function spellOut(text: string): string {
  if (PLAIN.test(text)) return text
  return text
    .replaceAll('\r\n', '\n')
    .replace(REVEALED, (run: string, emoji: string | undefined, blanks: string | undefined) => {
      if (emoji !== undefined) return run
      return blanks === undefined ? spell(run) : '·'.repeat(run.length)
    })
    .replaceAll('\n', '⏎')
}

const PLAIN = /^(?:[\x20-\x7e]*[\x21-\x7e])?$/

/** The same, of a length that a line can contain. */
export function shortName(text: string): string {
  const name = spellOut(text)
  return name.length > MAX_NAME_CHARACTERS ? `${name.slice(0, MAX_NAME_CHARACTERS)}…` : name
}

const MAX_NAME_CHARACTERS = 200
