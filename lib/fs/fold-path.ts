/**
 * A path as the least particular file system compares it: without case and Unicode form, and without the characters that HFS+ ignores.
 * Two paths of one file are equal in this form on every system; two equal forms can be two files.
 */
export function foldPath(file: string): string {
  if (ASCII.test(file)) return file.toLowerCase()
  const plain = file.normalize('NFD').replace(IGNORED, '')
  // Upper case makes `ß` equal to `ss`, and a long s to an s; there is a capital `ß` as well. A sigma ends words in another form.
  const letters = plain.toLowerCase().toUpperCase().toLowerCase()
  return letters.replaceAll('ς', 'σ').normalize('NFC')
}

const ASCII = /^[\0-\x7f]*$/

const IGNORED = /\p{Cf}/gu
