// Draws docs/images/tour-dark.svg and tour-light.svg from the real program: npx tsx test/images/tour.ts
import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openTour, TOUR_SIZE, type Tour } from './scenes.ts'
import { type Colors, DARK, type Frame, LIGHT, movingImage } from './terminal-svg.ts'

/** Milliseconds between two looks at the screen. */
const INTERVAL = 150

await record('dark', DARK)
await record('light', LIGHT)

async function record(theme: string, colors: Colors): Promise<void> {
  const tour = await openTour(theme)
  const camera = film(tour)
  await tour.play((milliseconds) => pause(milliseconds))
  const { frames, seconds } = camera.stop()
  const label = 'The workbench: memory changes, a hunk is rejected, and the session is rewound'
  const image = movingImage({ ...TOUR_SIZE, label, colors }, frames, seconds)
  const file = new URL(`../../docs/images/tour-${theme}.svg`, import.meta.url)
  writeFileSync(fileURLToPath(file), image)
  await tour.close()
}

/** Looks at the screen again and again, and keeps each one that differs from the last. */
function film(tour: Tour) {
  const began = performance.now()
  const frames: Frame[] = []
  let last = ''
  const look = (): void => {
    const rows = tour.rows()
    const key = JSON.stringify(rows)
    if (key === last) return
    last = key
    frames.push({ at: frames.length === 0 ? 0 : secondsSince(began), rows })
  }
  look()
  const timer = setInterval(look, INTERVAL)
  return {
    stop() {
      clearInterval(timer)
      return { frames, seconds: secondsSince(began) }
    },
  }
}

function secondsSince(time: number): number {
  return Math.round((performance.now() - time) / 10) / 100
}
