import { readFileSync } from 'node:fs'
import path from 'node:path'
import fastGlob from 'fast-glob'
import ts from 'typescript'
import { packageRoot } from '../../lib/fs/package-root.ts'

type WordPlace = 'messages' | 'docs' | 'comments' | 'names'

interface BannedWord {
  readonly pattern: string
  readonly use: string
  /** Where the word is banned. Default: everywhere. */
  readonly in?: readonly WordPlace[]
}

interface CheckedPassage {
  readonly place: WordPlace
  readonly line: number
  readonly text: string
}

interface FoundWord {
  readonly file: string
  readonly line: number
  readonly word: string
  readonly use: string
}

const LIST = 'test/language/banned-words.json'
const DOCS = ['*.md', '{bin,lib,ui,docs,test}/**/*.md', '.github/**/*.md', '!lib/prompts/**/*.md']
const SOURCES = ['{bin,lib,ui,test}/**/*.{ts,mjs,cjs}']
const MESSAGE_FILES = /(?:^|\/)messages(?:\.ts$|\/)/
const PROGRAM = /^(?:lib|ui|bin)\//
const VERBATIM = /\bVerbatim\b/

/**
 * The banned words in the text of one file. Of documentation everything is read; of source code the
 * comments, all text of messages modules, text elsewhere in the program that reads like a sentence, and
 * the names: of the file and of what it declares, a word for each part (`readAll`: "read all").
 * A text or a name below a comment with the word "Verbatim" is copied from elsewhere and may use any word.
 */
export function bannedWordsIn(
  file: string,
  text: string,
  words: readonly BannedWord[],
  stored: readonly string[] = [],
): FoundWord[] {
  const passages = file.endsWith('.md') ? docPassages(text) : codePassages(file, text, stored)
  const found = passages.flatMap(({ place, line, text: passage }) =>
    words
      .filter((word) => word.in?.includes(place) ?? true)
      .flatMap(({ pattern, use }) =>
        [...passage.matchAll(new RegExp(pattern, 'gi'))].map((match) => ({
          file,
          line: line + passage.slice(0, match.index).split('\n').length - 1,
          word: match[0].trim(),
          use,
        })),
      ),
  )
  return found.sort((a, b) => a.line - b.line)
}

/** The text without code blocks and code spans: those are names, not words. */
function docPassages(text: string): CheckedPassage[] {
  const blank = (code: string) => code.replace(/[^\n]/g, ' ')
  const prose = text
    .replace(/^```[\s\S]*?^```/gm, blank)
    .replace(/`[^`\n]*`/g, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/\]\([^)]*\)/g, blank)
  return [{ place: 'docs', line: 1, text: prose }]
}

function codePassages(file: string, text: string, stored: readonly string[]): CheckedPassage[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const comments = new Map<number, ts.CommentRange>()
  const messages: CheckedPassage[] = []
  const names: CheckedPassage[] = [
    { place: 'names', line: 1, text: toWords(path.basename(file).replace(/\..*/, '')) },
  ]
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1
  const leading = (node: ts.Node) => ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []
  const visit = (node: ts.Node, verbatim: boolean): void => {
    const before = leading(node)
    for (const comment of before) comments.set(comment.pos, comment)
    for (const comment of ts.getTrailingCommentRanges(text, node.end) ?? []) {
      comments.set(comment.pos, comment)
    }
    // A file or a list begins with the comments of its first member, which are not its own.
    const owns = !ts.isSourceFile(node) && node.kind !== ts.SyntaxKind.SyntaxList
    const copied =
      verbatim || (owns && before.some(({ pos, end }) => VERBATIM.test(text.slice(pos, end))))
    if (isText(node) && !copied && isMessage(file, node.text)) {
      messages.push({ place: 'messages', line: lineOf(node.getStart()), text: node.text })
    }
    if (isDeclaredName(node) && !copied && !stored.includes(node.text)) {
      names.push({ place: 'names', line: lineOf(node.getStart()), text: toWords(node.text) })
    }
    for (const child of node.getChildren(source)) visit(child, copied)
  }
  visit(source, false)
  return [
    ...[...comments.values()].map(({ pos, end }): CheckedPassage => {
      return { place: 'comments', line: lineOf(pos), text: text.slice(pos, end) }
    }),
    ...messages,
    ...names,
  ]
}

/** The name that a declaration gives: not where it is used, and not what is imported from elsewhere. */
function isDeclaredName(node: ts.Node): node is ts.Identifier | ts.PrivateIdentifier {
  if (!(ts.isIdentifier(node) || ts.isPrivateIdentifier(node))) return false
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) || ts.isImportSpecifier(parent)) return false
  return 'name' in parent && parent.name === node
}

/** `readAll`, `READ_ALL`, `read-all`: "read all". */
function toWords(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replace(/[#_-]/g, ' ')
    .trim()
}

function isText(node: ts.Node): node is ts.LiteralLikeNode {
  return (
    (ts.isStringLiteral(node) && !ts.isImportDeclaration(node.parent)) ||
    ts.isNoSubstitutionTemplateLiteral(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddleOrTemplateTail(node)
  )
}

function isMessage(file: string, text: string): boolean {
  return MESSAGE_FILES.test(file) || (PROGRAM.test(file) && /[a-z] [a-z]+ [a-z]/i.test(text))
}

/** The banned words in the files of the project, in the order of the files. */
export function findBannedWords(root: string): readonly FoundWord[] {
  const list = JSON.parse(readFileSync(path.join(root, LIST), 'utf8'))
  const words: readonly BannedWord[] = list.words
  const pending: readonly string[] = list.pending ?? []
  const stored: readonly string[] = list.stored ?? []
  return fastGlob
    .sync([...DOCS, ...SOURCES], { cwd: root, ignore: [...pending], dot: true })
    .sort()
    .flatMap((file) => {
      const text = readFileSync(path.join(root, file), 'utf8')
      return bannedWordsIn(file, text, words, stored)
    })
}

if (process.argv[2] === '--check') {
  const found = findBannedWords(packageRoot())
  for (const { file, line, word, use } of found) {
    process.stderr.write(`${file}:${line}: "${word}" (use: ${use})\n`)
  }
  if (found.length > 0) process.exitCode = 1
}
