import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import { openTour, type Rows, screenshot, type Tour } from './scenes.ts'
import { DARK, stillImage } from './terminal-svg.ts'

const IMAGES = new URL('../../docs/images/', import.meta.url).pathname
const RUN = {
  text: '  two words   apart ',
  width: 20,
  fg: null,
  bg: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
}

describe('An image of the program', function () {
  this.timeout(60_000)

  it('places the words on both sides of wide blanks each at its column, because browsers collapse blanks', () => {
    const image = stillImage({ columns: 20, rows: 1, label: 'test', colors: DARK }, [[RUN]])
    expect(textsOf(image)).to.deep.equal([
      { x: 30.8, width: 75.6, text: 'two words' },
      { x: 131.6, width: 42, text: 'apart' },
    ])
  })

  it('shows what the program shows today: screenshot.svg', async () => {
    const [image, program] = [drawn('screenshot.svg'), textOf(await screenshot())]
    const cut = cutWords(`${image} ${program}`)
    expect(wordsOf(image, cut)).to.deep.equal(wordsOf(program, cut))
  })

  it('shows what the program shows today at each key of the session: tour-dark.svg, tour-light.svg', async () => {
    const tour = await openTour('dark')
    const seen: string[] = []
    try {
      await tour.play(async (milliseconds) => {
        if (milliseconds < 1_000) return
        await settled(tour)
        seen.push(textOf(tour.rows()))
      })
    } finally {
      await tour.close()
    }
    for (const name of ['tour-dark.svg', 'tour-light.svg']) {
      const [image, program] = [drawn(name), seen.join(' ')]
      const cut = cutWords(`${image} ${program}`)
      expect(wordsOf(image, cut), name).to.include.members(wordsOf(program, cut))
    }
  })
})

function textsOf(image: string): { x: number; width: number; text: string }[] {
  return [...image.matchAll(/<text x="([\d.]+)"[^>]* textLength="([\d.]+)"[^>]*>([^<]*)</g)].map(
    ([, x, width, text = '']) => ({ x: Number(x), width: Number(width), text }),
  )
}

/** The words in the texts of a committed image. */
function drawn(name: string): string {
  return textsOf(readFileSync(`${IMAGES}${name}`, 'utf8'))
    .map(({ text }) => text)
    .join(' ')
}

function textOf(rows: Rows): string {
  return rows.map((row) => row.map(({ text }) => text).join(' ')).join(' ')
}

/** Without numbers, units and ages, which differ from run to run, and without words that are cut somewhere: an age can be longer. */
function wordsOf(text: string, cut: readonly string[]): readonly string[] {
  const complete = (text.replaceAll(/just\s+now/g, '').match(/\w+/g) ?? []).filter(
    (word) => !cut.some((one) => word.startsWith(one)),
  )
  return [...new Set(complete.join(' ').match(/[a-z]{4,}/gi))].sort()
}

/** The beginnings of words that are cut. */
function cutWords(text: string): readonly string[] {
  return [...text.matchAll(/(\w+)…/g)].map(([, word = '']) => word)
}

/** Waits until the screen is the same twice. */
async function settled(tour: Tour): Promise<void> {
  for (let last = ''; ; ) {
    const now = textOf(tour.rows())
    if (now === last) return
    last = now
    await pause(50)
  }
}
