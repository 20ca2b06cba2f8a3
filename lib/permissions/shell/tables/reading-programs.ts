import { READONLY_PROGRAMS } from './readonly-programs.ts'

/** Whether a program shows the content of its operands, or copies it. */
export function showsFiles(program: string): boolean {
  if (ONLY_NAMES.has(program)) return false
  const operands = READONLY_PROGRAMS.get(program)?.operands
  return operands === 'files' || operands === 'pattern' || OTHER_READERS.has(program)
}

const ONLY_NAMES = new Set('ls stat du df tree realpath readlink [['.split(' '))

const OTHER_READERS = new Set(
  `diff cp mv ln install link dd tar zip gzip zcat bzip2 xz zstd 7z base64 base32 od openssl curl wget scp rsync sed jq
  yq bat view ed ex source . mapfile readarray split csplit shasum md5sum sha1sum sha256sum iconv pr look tsort
  awk gawk mawk nawk
  uniq shuf ptx dc bc sum cksum b2sum sha224sum sha384sum sha512sum bzcat xzcat zless zgrep hd gcc g++ cc c++ clang cpp m4 nm
  objdump readelf man groff xmllint pandoc tee vi vim nano emacs`.split(/\s+/),
)
