import { createRequire } from 'node:module'
import type xterm from '@xterm/headless'

// CommonJS whose exports a loader may or may not put under `default`; required, it is always the same.
const loaded = createRequire(import.meta.url)('@xterm/headless') as typeof xterm

export const TerminalEmulator = loaded.Terminal
export type TerminalEmulator = xterm.Terminal
