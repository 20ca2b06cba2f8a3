// cspell:disable: rows of keyboards

/**
 * The Latin letter or sign on the key of another letter. Where a terminal does not report the key itself, a shortcut is found by the
 * position of its letter: Ctrl and the key that types Cyrillic `с` is Ctrl+C.
 */
const LATIN_KEYS: ReadonlyMap<string, string> = new Map([
  // Russian, with the letters of Ukrainian and Belarusian in their places.
  ...keysOf('йцукенгшщзхъфывапролджэячсмитьбюё', "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"),
  ...keysOf('іїєґў', "s]'\\o"),
  // Bulgarian, Serbian and Macedonian have further letters at the places of Latin signs.
  ...keysOf('љњџђћјѕќѓ', "qwx['jyu]"),
  ...keysOf('ςερτυθιοπασδφγηξκλζχψωβνμ', 'wertyuiopasdfghjklzxcvbnm'),
  ...keysOf('קראטוןםפשדגכעיחלךףזסבהנמצתץ', 'ertyuiopasdfghjkl;zxcvbnm,.'),
])

function keysOf(letters: string, keys: string): readonly [string, string][] {
  const latin = Array.from(keys)
  return Array.from(letters, (letter, index) => [letter, latin[index] ?? ''])
}

/** The Latin character on the key that types this one, in the same case; null for a character that is not in the table. */
export function latinKeyOf(character: string): string | null {
  const lower = character.toLowerCase()
  const key = LATIN_KEYS.get(lower)
  if (key === undefined || key === '') return null
  return lower === character ? key : key.toUpperCase()
}
