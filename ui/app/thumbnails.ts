import type { AttachmentsPort } from '../../lib/session/ports/attachments.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { thumbnailSize } from '../view/render/image-cells.ts'
import type { RootStore } from './render-scheduler.ts'

/** Sends the first attached image to a terminal that shows images, and removes it when it is no longer attached. */
export function startThumbnails(
  root: RootStore,
  attachments: () => AttachmentsPort,
  terminal: () => Pick<Terminal, 'showsImages' | 'showImage'>,
): void {
  let newest = FIRST_ID
  let shown: string | null = null
  const show = async (text: string): Promise<void> => {
    const image = await attachments().image(text)
    if (image === null || image.name !== shown) return
    const id = newest++
    const size = thumbnailSize(image)
    terminal().showImage({ id, ...size, base64: image.base64 })
    root.dispatch({ type: 'thumbnail.changed', thumbnail: { id, name: image.name, ...size } })
  }
  root.subscribe(({ workbench }, event) => {
    if (event.type !== 'attachments.found' || !terminal().showsImages) return
    const isImage = ({ type, problem }: (typeof workbench.attachments)[number]): boolean =>
      type === 'image' && problem === null
    const name = workbench.attachments.find(isImage)?.name ?? null
    if (name === shown) return
    shown = name
    if (workbench.thumbnail !== null) {
      terminal().showImage(null)
      root.dispatch({ type: 'thumbnail.changed', thumbnail: null })
    }
    if (name !== null) void show(event.text).catch(() => null)
  })
}

/** The color of the cells is the number: a dark one is hardly visible where a terminal draws the placeholder itself. */
const FIRST_ID = 0x010101
