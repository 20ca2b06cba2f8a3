/** Whether a sed script does no more than print, delete and replace: no files, no programs. In one pass. */
export function isHarmlessSed(script: string): boolean {
  let rest = script.trim()
  while (rest !== '') {
    rest = rest.slice(START.exec(rest)?.[0].length ?? 0)
    if (rest === '') return true
    if (rest.startsWith('{')) {
      rest = rest.slice(1)
      continue
    }
    const length = lengthOfCommand(rest)
    if (length === null) return false
    rest = rest.slice(length).replace(/^[\s;}]+/, '')
  }
  return true
}

const ADDRESS = String.raw`(?:\d+(?:~\d+)?|\$|\/(?:[^/\\\n]|\\[^\n])*\/I?)`

/** What may stand before a command: blanks, then the lines that it is for. */
const START = new RegExp(String.raw`^[\s;]*(?:${ADDRESS}(?:,(?:${ADDRESS}|[+~]\d+))?\s*!?\s*)?`)

/** The length of the command that the script begins with; null for one that could do harm. */
function lengthOfCommand(script: string): number | null {
  const plain = /^[pdDPnNhHgGxl=q](?=[\s;}]|$)/.exec(script)
  if (plain !== null) return 1
  const replace = /^s([/|,:#@!_%])/.exec(script)
  const mark = replace?.[1]
  if (mark === undefined) return null
  let at = 2
  for (let part = 0; part < 2; part++) {
    while (at < script.length && script[at] !== mark) at += script[at] === '\\' ? 2 : 1
    if (at >= script.length) return null
    at++
  }
  const flags = /^[gpiI\d]*(?=[\s;}]|$)/.exec(script.slice(at, at + MOST_FLAGS))
  return flags === null ? null : at + flags[0].length
}

const MOST_FLAGS = 16
