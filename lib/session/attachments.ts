import { constants } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { isErrno } from '../fs/errno.ts'
import { type BoundedFile, readBounded } from '../fs/read-bounded.ts'
import { atRealPath, inRealDirectory } from '../fs/real-place.ts'
import { resolvePath } from '../fs/resolve-path.ts'
import { readsTextOnly } from '../models/image-input.ts'
import { createDeniedFileFilter } from '../permissions/paths/denied-file-filter.ts'
import { attachedReminder } from '../prompts/index.ts'
import { MAX_IMAGE_BYTES, parseImage } from '../tools/files/image.ts'
import { completeImageSize, IMAGE_HEADER_BYTES, imageInfo } from '../util/image-info.ts'
import { type Mention, parseMentions } from '../util/mentions.ts'
import { READING_DENIED } from '../util/messages.ts'
import { formatBytes, plural } from '../util/quantities.ts'
import { quoteControls } from '../util/sanitize.ts'
import { createUserError, messageOf, UserError } from '../util/user-error.ts'
import { modelReadsNoImages } from './messages/agents.ts'
import {
  ATTACHMENT_EMPTY,
  ATTACHMENT_NOT_FOUND,
  ATTACHMENT_NOT_TEXT,
  attachmentFailed,
  attachmentTooLarge,
  entryCount,
  linesMissing,
} from './messages/attachments.ts'
import { policyOf } from './policy.ts'
import type { Services } from './services.ts'
import type { Attachment } from './state/queue.ts'

/** An image in the form in which it is sent. */
export interface SentImage {
  readonly mediaType: string
  readonly base64: string
}

/** What goes with a message: texts, which are not shown in the conversation, and images. */
export interface AttachedContent {
  readonly texts: readonly string[]
  readonly images: readonly SentImage[]
}

type AttachmentServices = Pick<Services, 'store' | 'bounds' | 'options'>

const MAX_ATTACHMENTS = 20
const MAX_TEXT_BYTES = 256 * 1024
const MAX_LISTED = 500
const IMAGE_NAME = /\.(png|jpe?g|gif|webp)$/i

/** The files and directories of a message that are sent with it, without their contents. */
export async function inspectAttachments(
  services: AttachmentServices,
  text: string,
): Promise<readonly Attachment[]> {
  const opened = await Promise.all(attachedMentions(text).map((one) => openMention(services, one)))
  return opened.map(({ attachment }) => attachment)
}

/** Reads what is sent with a message; throws a `UserError` that names what cannot be. */
export async function readAttachments(
  services: AttachmentServices,
  text: string,
): Promise<AttachedContent> {
  const texts: string[] = []
  const images: SentImage[] = []
  for (const mention of attachedMentions(text)) {
    const { attachment, image, text: content } = await openMention(services, mention)
    const { name, type, problem } = attachment
    if (problem !== null) throw createUserError(attachmentFailed(name, problem))
    if (type !== 'image') texts.push(attachedReminder(name, type, content))
    else if (image !== null) images.push(image)
  }
  return { texts, images }
}

/** An image that is small enough to be shown. */
export interface ShownImage {
  readonly name: string
  readonly base64: string
  readonly width: number
  readonly height: number
}

/** The first image that goes with a message, if it is a PNG: other formats cannot be sent to a terminal. */
export async function firstImage(
  services: AttachmentServices,
  text: string,
): Promise<ShownImage | null> {
  for (const mention of attachedMentions(text)) {
    const { attachment, image } = await openMention(services, mention)
    if (attachment.type !== 'image' || image === null) continue
    const bytes = Buffer.from(image.base64, 'base64')
    const size = image.mediaType === 'image/png' ? completeImageSize(bytes) : null
    const isSmall = bytes.length <= MAX_SHOWN_BYTES
    const isNarrow = size !== null && Math.max(size.width, size.height) <= MAX_SHOWN_PIXELS
    return isSmall && isNarrow ? { name: attachment.name, base64: image.base64, ...size } : null
  }
  return null
}

/** A larger image would delay the keys while it is sent to the terminal, and take much memory of it. */
const MAX_SHOWN_BYTES = 512 * 1024
const MAX_SHOWN_PIXELS = 4096

/** Images need no sign: their name is of no use to an agent. */
function attachedMentions(text: string): readonly Mention[] {
  return parseMentions(text)
    .filter(
      ({ isAttached, lines, path: at }) => isAttached || lines !== null || IMAGE_NAME.test(at),
    )
    .slice(0, MAX_ATTACHMENTS)
}

/** What is shown of an attachment, and what is sent: the image, or else the text. Neither counts when there is a problem. */
interface OpenedMention {
  readonly attachment: Attachment
  readonly image: SentImage | null
  readonly text: string
}

async function openMention(services: AttachmentServices, mention: Mention): Promise<OpenedMention> {
  const name = nameOf(mention)
  const named = absolute(services, mention)
  const file = await resolvePath(named)
  const failed = (problem: string): OpenedMention => ({
    attachment: { name, type: 'file', detail: '', problem },
    image: null,
    text: '',
  })
  try {
    const stats = await stat(file)
    if (!(await areReadable(services, [named, file]))) return failed(READING_DENIED)
    if (stats.isDirectory()) {
      const found = await listing(services, file)
      const detail = entryCount(found.names.length, found.total)
      const attachment = { name, type: 'directory', detail, problem: null } as const
      return { attachment, image: null, text: listed(found) }
    }
    const info = stats.isFile() ? imageInfo(await beginningOf(file)) : null
    if (info !== null) {
      const size = info.size === null ? '' : `${info.size.width}×${info.size.height} `
      const format = info.mediaType.slice('image/'.length).toUpperCase()
      const detail = `${size}${format} ${formatBytes(stats.size)}`
      const problem = imageProblem(services, stats.size)
      const image = problem === null ? await readImage(file) : null
      return { attachment: { name, type: 'image', detail, problem }, image, text: '' }
    }
    if (IMAGE_NAME.test(mention.path)) return failed(ATTACHMENT_NOT_TEXT)
    const text = await textOf(file, mention)
    if (text === '') return failed(ATTACHMENT_EMPTY)
    const lines = text.replace(/\n$/, '').split('\n').length
    const detail = `${plural(lines, 'line')}, ${formatBytes(Buffer.byteLength(text))}`
    return { attachment: { name, type: 'file', detail, problem: null }, image: null, text }
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR')) return failed(ATTACHMENT_NOT_FOUND)
    if (thrown instanceof UserError || isErrno(thrown)) return failed(messageOf(thrown))
    throw thrown
  }
}

function imageProblem({ store }: AttachmentServices, bytes: number): string | null {
  const model = store.state.agent?.model ?? ''
  if (bytes > MAX_IMAGE_BYTES) {
    return attachmentTooLarge(formatBytes(bytes), formatBytes(MAX_IMAGE_BYTES))
  }
  return readsTextOnly(model) ? modelReadsNoImages(model) : null
}

/** Refuses what `Read` refuses: a provider would refuse the complete message. */
async function readImage(file: string): Promise<SentImage> {
  const { bytes } = await readReal(file, MAX_IMAGE_BYTES)
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
  const entries = await inRealDirectory(directory, (pinned) =>
    readdir(pinned, { withFileTypes: true }),
  )
  const filter = createDeniedFileFilter(policyOf(services))
  const first = entries.sort((one, other) => (one.name < other.name ? -1 : 1)).slice(0, MAX_LISTED)
  const paths = first.map(({ name }) => path.join(directory, name))
  const shown = new Set(filter === null ? paths : await filter(paths))
  const names = first
    .filter(({ name }) => shown.has(path.join(directory, name)))
    .map((entry) => `${quoteControls(entry.name)}${entry.isDirectory() ? '/' : ''}`)
  return { names, total: entries.length - (first.length - names.length) }
}

function listed({ names, total }: Listing): string {
  const rest = names.length < total ? ['', entryCount(names.length, total)] : []
  return [...names, ...rest].join('\n')
}

async function beginningOf(file: string): Promise<Uint8Array> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const handle = await atRealPath(file, (pinned) => open(pinned, flags))
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(IMAGE_HEADER_BYTES))
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** The file with this real path, not one that a link leads to which is put in its place meanwhile. */
function readReal(file: string, maxBytes: number): Promise<BoundedFile> {
  return atRealPath(file, (pinned) => readBounded(pinned, { maxBytes, followSymlinks: false }))
}

async function textOf(file: string, { lines }: Mention): Promise<string> {
  const maxBytes = lines === null ? MAX_TEXT_BYTES : MAX_TEXT_BYTES * 32
  const { bytes } = await readReal(file, maxBytes)
  if (bytes.includes(0)) throw new UserError(ATTACHMENT_NOT_TEXT)
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  if (lines === null) return text
  const all = text.replace(/\n$/, '').split('\n')
  const chosen = all.slice(lines[0] - 1, lines[1])
  if (chosen.length === 0) throw new UserError(linesMissing(all.length))
  const content = `${chosen.join('\n')}\n`
  if (content.length > MAX_TEXT_BYTES) {
    throw new UserError(
      attachmentTooLarge(formatBytes(content.length), formatBytes(MAX_TEXT_BYTES)),
    )
  }
  return content
}
