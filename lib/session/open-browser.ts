import { spawn } from 'node:child_process'

/** Programs that open an address, by platform. The address is an argument, never part of a shell line. */
const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/**
 * The command that opens a browser on the screen of the user; null when there is none: over SSH, in CI, without a display.
 *
 * @internal
 */
export function browserCommand(
  environment: Readonly<Record<string, string | undefined>>,
  platform: string = process.platform,
): readonly [string, ...string[]] | null {
  const has = (...names: readonly string[]): boolean => names.some((name) => environment[name])
  if (has('SSH_CONNECTION', 'SSH_TTY', 'SSH_CLIENT', 'CI')) return null
  const known = OPENERS[platform]
  if (known !== undefined) return known
  return has('DISPLAY', 'WAYLAND_DISPLAY') ? ['xdg-open'] : null
}

/** False when no browser is opened. A program that does not start is no error: the address is shown, too. */
export function openBrowser(
  url: string,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const command = browserCommand(environment)
  if (command === null) return false
  const [program, ...rest] = command
  const child = spawn(program, [...rest, url], { detached: true, stdio: 'ignore' })
  child.on('error', () => undefined)
  child.unref()
  return true
}
