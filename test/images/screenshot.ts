// Draws docs/images/screenshot.svg from the real program: npx tsx test/images/screenshot.ts
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { SCREENSHOT_SIZE, screenshot } from './scenes.ts'
import { DARK, stillImage } from './terminal-svg.ts'

const file = fileURLToPath(new URL('../../docs/images/screenshot.svg', import.meta.url))
const label = 'The Letta Workbench'
writeFileSync(file, stillImage({ ...SCREENSHOT_SIZE, label, colors: DARK }, await screenshot()))
