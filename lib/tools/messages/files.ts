/** Paths, and what is read from files. */

// Verbatim: Claude Code
export const fileNotFound = (directory: string): string =>
  `File does not exist. Current working directory: ${directory}`

export const pathNotFound = (path: string): string => `Path does not exist: ${path}`

export const notDirectory = (path: string): string => `Path is not a directory: ${path}`

export const notFileOrDirectory = (path: string): string => `${path} is not a file or directory`

export const notReadableDirectory = (path: string): string =>
  `Path is a directory, not a file: ${path}`

// Verbatim: Letta Code
export const pathIsDirectory = (path: string): string => `Path is a directory: ${path}`

export const notRegularFile = (path: string, reason: string): string => `${path} ${reason}`

export const pathEndsWithSlash = (path: string): string => `${path} names a directory, not a file`

export const danglingSymlink = (path: string): string =>
  `${path} is a symbolic link to a file that does not exist`

export const parentIsFile = (path: string): string => `${path} is a file, not a directory`

export const fileTooLarge = (path: string, bytes: number, maxBytes: number): string =>
  `File too large: ${bytes} bytes (max ${maxBytes} bytes): ${path}. Use Grep, or Bash with head, tail or sed, for a part of it.`

export const cannotReadBinary = (path: string): string => `Cannot read binary file: ${path}`

export const imageTooLarge = (bytes: number, maxBytes: number): string =>
  `The image has ${bytes} bytes; the limit is ${maxBytes}.`

export const imageTooWide = (
  { width, height }: { readonly width: number; readonly height: number },
  maxPixels: number,
): string => `The image has ${width} × ${height} pixels; the limit is ${maxPixels} on each side.`

/** Every later request with such an image would be refused. */
export const IMAGE_DAMAGED = 'The image is damaged: its size cannot be read, or its end is missing.'

export const imageRead = (path: string, bytes: number): string => `[Image: ${path}, ${bytes} bytes]`

// Verbatim: Claude Code
export const emptyFile = (path: string): string =>
  `<system-reminder>\nThe file ${path} exists but has empty contents.\n</system-reminder>`

export const encodingShown = (encoding: keyof typeof ENCODING_NAMES): string =>
  `\n\n[The file is encoded in ${ENCODING_NAMES[encoding]}; Edit and Write preserve that.]`

/** A character that the encoding of the file does not have. */
export const notEncodable = (
  path: string,
  character: string,
  encoding: keyof typeof ENCODING_NAMES,
): string =>
  `${path} is encoded in ${ENCODING_NAMES[encoding]}, which has no "${character}" (${codePointName(character)}). Nothing was changed. Use other characters, or convert the file first, for example with iconv.`

export const encodingUnknown = (path: string, character: string): string =>
  `${path} is not UTF-8, and its encoding is not known, so "${character}" (${codePointName(character)}) cannot be added. Nothing was changed. Convert the file first, for example with iconv.`

/** `U+00A0`. */
const codePointName = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/** `differences`: pairs of the characters in the file and those in old_string; empty where one has none. */
export const lookAlikeHint = (
  line: number,
  differences: readonly { readonly inFile: string; readonly given: string }[],
): string => {
  const name = (one: string): string => (one === '' ? 'nothing' : codePointName(one))
  const list = differences.map(
    ({ inFile, given }) => `${name(inFile)} where old_string has ${name(given)}`,
  )
  return `\nA variant with characters that look alike is on line ${line}: the file has ${list.join(', ')}. Give these characters in old_string.`
}

/** A file whose name looks the same, for a file that does not exist. */
export const similarName = (path: string): string =>
  `There is a file whose name looks the same but is written with other characters: ${spellOut(path)}`

/** The name, with the code points of its unusual characters. */
const spellOut = (path: string): string =>
  path.replaceAll(/[^\0-~]/gu, (character) => `${character}(${codePointName(character)})`)

export const NOT_UTF8_SHOWN = '\n\n[Bytes that are not UTF-8 are shown as �; Edit preserves them.]'

// Verbatim: Letta Code
export const fileTruncated = (from: number, to: number, total: number): string =>
  `[File truncated: showing lines ${from}-${to} of ${total} total lines. Use offset and limit parameters to read other sections.]`

// Verbatim: Letta Code
export const LONG_LINES_TRUNCATED = '[Some lines exceeded 2,000 characters and were truncated.]'

/** The names that people know. */
export const ENCODING_NAMES = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16 (big-endian)',
  'windows-1252': 'Windows-1252 (Latin-1)',
  shift_jis: 'Shift_JIS',
  'euc-jp': 'EUC-JP',
  gbk: 'GBK (GB2312)',
  big5: 'Big5',
  'euc-kr': 'EUC-KR',
  'windows-1251': 'Windows-1251 (Cyrillic)',
  'koi8-r': 'KOI8-R',
  'koi8-u': 'KOI8-U',
  'iso-8859-7': 'ISO-8859-7 (Greek)',
  'windows-1253': 'Windows-1253 (Greek)',
  'windows-874': 'Windows-874 (TIS-620)',
} as const
