/** Characters that are not what they look like, or are not seen at all. */
export function findInvisible(line: string): string | null {
  return UNSEEN.test(line) ? 'It holds characters that cannot be seen, or look like others.' : null
}

const UNSEEN =
  /(?![ \t\n])(?:[\p{Cc}\p{Cf}\p{Cs}\p{Z}]|\u{115f}|\u{1160}|\u{3164}|\u{ffa0}|\u{2800}|\u{34f})/u
