import { open, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { isErrno } from '../fs/errno.ts'
import { readBounded } from '../fs/read-bounded.ts'
import { resolvePath } from '../fs/resolve-path.ts'
import { readsTextOnly } from '../models/image-input.ts'
import { createDeniedFileFilter } from '../permissions/paths/denied-file-filter.ts'
import { attachedReminder } from '../prompts/index.ts'
import { parseImage } from '../tools/files/image.ts'
import { IMAGE_HEADER_BYTES, imageInfo } from '../util/image-info.ts'
import { type Mention, parseMentions } from '../util/mentions.ts'
import { createUserError, messageOf, UserError } from '../util/user-error.ts'
import {
  ATTACHMENT_DENIED,
  ATTACHMENT_EMPTY,
  ATTACHMENT_NOT_FOUND,
  ATTACHMENT_NOT_TEXT,
  attachmentFailed,
  attachmentTooLarge,
  entriesOf,
  linesMissing,
  modelReadsNoImages,
} from './messages.ts'
import { policyOf } from './policy.ts'
import type { Services } from './services.ts'
import type { Attachment } from './state.ts'

/** An image in the form in which it is sent. */
export interface SentImage {
  readonly mediaType: string
  readonly base64: string
}

/** What goes with a message: texts that the person does not see again, and images. */
export interface AttachedContent {
  readonly texts: readonly string[]
  readonly images: readonly SentImage[]
}

type AttachmentServices = Pick<Services, 'store' | 'bounds' | 'options'>

const MAX_ATTACHMENTS = 20
const MAX_TEXT_BYTES = 256 * 1024
/** The largest image that model providers accept. */
const MAX_IMAGE_BYTES = 5 * 1_048_576
const MAX_LISTED = 500
const IMAGE_NAME = /\.(png|jpe?g|gif|webp)$/i

/** The files and directories of a message that are sent with it, without their contents. */
export async function inspectAttachments(
  services: AttachmentServices,
  text: string,
): Promise<readonly Attachment[]> {
  const found = await Promise.all(attachedMentions(text).map((one) => inspect(services, one)))
  return found.filter((one) => one !== null)
}

/** Reads what is sent with a message; throws a `UserError` that names what cannot be. */
export async function readAttachments(
  services: AttachmentServices,
  text: string,
): Promise<AttachedContent> {
  const texts: string[] = []
  const images: SentImage[] = []
  for (const mention of attachedMentions(text)) {
    const attachment = await inspect(services, mention)
    if (attachment === null) continue
    const { name, problem } = attachment
    if (problem !== null) throw createUserError(attachmentFailed(name, problem))
    const file = await resolvePath(absolute(services, mention))
    if (attachment.type === 'image') {
      images.push(await readImage(file))
    } else {
      const content =
        attachment.type === 'directory'
          ? listed(await listing(services, file))
          : await textOf(file, mention)
      texts.push(attachedReminder(name, attachment.type, content))
    }
  }
  return { texts, images }
}

/** Images need no sign: their name is of no use to an agent. */
function attachedMentions(text: string): readonly Mention[] {
  return parseMentions(text)
    .filter(
      ({ isAttached, lines, path: at }) => isAttached || lines !== null || IMAGE_NAME.test(at),
    )
    .slice(0, MAX_ATTACHMENTS)
}

/** Null for a word that is no file and was not meant to be attached, such as `@someone`. */
async function inspect(services: AttachmentServices, mention: Mention): Promise<Attachment | null> {
  const name = nameOf(mention)
  const named = absolute(services, mention)
  const file = await resolvePath(named)
  const failed = (problem: string): Attachment => ({ name, type: 'file', detail: '', problem })
  try {
    const stats = await stat(file)
    if (!(await areReadable(services, [named, file]))) return failed(ATTACHMENT_DENIED)
    if (stats.isDirectory()) {
      const { names, total } = await listing(services, file)
      const detail = entriesOf(names.length, total)
      return { name, type: 'directory', detail, problem: null }
    }
    const info = stats.isFile() ? imageInfo(await beginningOf(file)) : null
    if (info !== null) {
      const size = info.size === null ? '' : `${info.size.width}×${info.size.height} `
      const format = info.mediaType.slice('image/'.length).toUpperCase()
      const detail = `${size}${format} ${formatSize(stats.size)}`
      const problem = await imageProblem(services, file, stats.size)
      return { name, type: 'image', detail, problem }
    }
    if (IMAGE_NAME.test(mention.path)) return failed(ATTACHMENT_NOT_TEXT)
    const content = await textOf(file, mention)
    if (content === '') return failed(ATTACHMENT_EMPTY)
    const lines = content.replace(/\n$/, '').split('\n').length
    const bytes = formatSize(Buffer.byteLength(content))
    return { name, type: 'file', detail: `${linesOf(lines)}, ${bytes}`, problem: null }
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR')) return failed(ATTACHMENT_NOT_FOUND)
    if (thrown instanceof UserError || isErrno(thrown)) return failed(messageOf(thrown))
    throw thrown
  }
}

async function imageProblem(
  { store }: AttachmentServices,
  file: string,
  bytes: number,
): Promise<string | null> {
  const model = store.state.agent?.model ?? ''
  if (bytes > MAX_IMAGE_BYTES) {
    return attachmentTooLarge(formatSize(bytes), formatSize(MAX_IMAGE_BYTES))
  }
  if (readsTextOnly(model)) return modelReadsNoImages(model)
  await readImage(file)
  return null
}

/** Refuses what `Read` refuses: a provider would refuse the complete message. */
async function readImage(file: string): Promise<SentImage> {
  const { bytes } = await readBounded(file, { maxBytes: MAX_IMAGE_BYTES, followSymlinks: false })
  const image = parseImage(bytes)
  if (image === null) throw new UserError(ATTACHMENT_NOT_TEXT)
  return image
}

function nameOf({ path: at, lines }: Mention): string {
  if (lines === null) return at
  return lines[0] === lines[1] ? `${at}:${lines[0]}` : `${at}:${lines[0]}-${lines[1]}`
}

function absolute({ options }: AttachmentServices, { path: at }: Mention): string {
  if (at === '~' || at.startsWith('~/')) return path.join(options.home, at.slice(1))
  return path.resolve(options.directory, at)
}

/** A rule may deny the link or the file that it leads to. */
async function areReadable(
  services: AttachmentServices,
  files: readonly string[],
): Promise<boolean> {
  const filter = createDeniedFileFilter(policyOf(services))
  return filter === null || (await filter(files)).length === files.length
}

interface Listing {
  readonly names: readonly string[]
  /** Of all entries that no rule hides, as far as known. */
  readonly total: number
}

async function listing(services: AttachmentServices, directory: string): Promise<Listing> {
  const entries = await readdir(directory, { withFileTypes: true })
  const filter = createDeniedFileFilter(policyOf(services))
  const first = entries.sort((one, other) => (one.name < other.name ? -1 : 1)).slice(0, MAX_LISTED)
  const paths = first.map(({ name }) => path.join(directory, name))
  const shown = new Set(filter === null ? paths : await filter(paths))
  const names = first
    .filter(({ name }) => shown.has(path.join(directory, name)))
    .map((entry) => `${onOneLine(entry.name)}${entry.isDirectory() ? '/' : ''}`)
  return { names, total: entries.length - (first.length - names.length) }
}

function listed({ names, total }: Listing): string {
  const rest = names.length < total ? ['', entriesOf(names.length, total)] : []
  return [...names, ...rest].join('\n')
}

/** A name with a line feed would be read as two. */
function onOneLine(name: string): string {
  return /[\p{Cc}\u2028\u2029]/u.test(name)
    ? JSON.stringify(name).replaceAll(
        /[\x7f-\x9f\u2028\u2029]/g,
        (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
    : name
}

async function beginningOf(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(IMAGE_HEADER_BYTES))
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

async function textOf(file: string, { lines }: Mention): Promise<string> {
  const maxBytes = lines === null ? MAX_TEXT_BYTES : MAX_TEXT_BYTES * 32
  const { bytes } = await readBounded(file, { maxBytes, followSymlinks: false })
  if (bytes.includes(0)) throw new UserError(ATTACHMENT_NOT_TEXT)
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  if (lines === null) return text
  const all = text.replace(/\n$/, '').split('\n')
  const chosen = all.slice(lines[0] - 1, lines[1])
  if (chosen.length === 0) throw new UserError(linesMissing(all.length))
  const content = `${chosen.join('\n')}\n`
  if (content.length > MAX_TEXT_BYTES) {
    throw new UserError(attachmentTooLarge(formatSize(content.length), formatSize(MAX_TEXT_BYTES)))
  }
  return content
}

function linesOf(count: number): string {
  return count === 1 ? '1 line' : `${count} lines`
}

function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1_048_576) return `${Math.round(bytes / 1024)} KiB`
  return `${(bytes / 1_048_576).toFixed(1)} MiB`
}
