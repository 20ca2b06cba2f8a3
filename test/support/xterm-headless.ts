import { createRequire } from 'node:module'
import type xterm from '@xterm/headless'

// A loader may put the exports of a CommonJS module under `default` or not; `require` always gives the same.
const loaded = createRequire(import.meta.url)('@xterm/headless') as typeof xterm

export const TerminalEmulator = loaded.Terminal
export type TerminalEmulator = xterm.Terminal
