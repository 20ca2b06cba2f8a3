import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { copyText } from '../../../ui/app/clipboard.ts'

describe('Copying text', () => {
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'letta-clipboard-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  const program = (name: string, script: string): void => {
    writeFileSync(path.join(directory, name), `#!/bin/sh\n${script}\n`)
    chmodSync(path.join(directory, name), 0o755)
  }
  const written = (): string => readFileSync(path.join(directory, 'clipboard'), 'utf8')
  const take = (name: string): void => program(name, `cat > ${directory}/clipboard`)
  const copy = (environment: Record<string, string>, isSent = true) =>
    copyText('one\ntwo', {
      environment: { PATH: `${directory}:/bin:/usr/bin`, ...environment },
      platform: 'linux',
      sendToTerminal: () => isSent,
    })

  it('uses the program of the display on this machine as well as the terminal', async () => {
    take('wl-copy')
    expect(await copy({ WAYLAND_DISPLAY: 'wayland-0' })).to.deep.equal({ program: 'wl-copy' })
    expect(written()).to.equal('one\ntwo')
  })

  it('tries the next program when one fails', async () => {
    program('xclip', 'exit 1')
    take('xsel')
    expect(await copy({ DISPLAY: ':0' })).to.deep.equal({ program: 'xsel' })
  })

  it('relies on the terminal where there is no display, and over SSH', async () => {
    take('wl-copy')
    expect(await copy({})).to.equal('terminal')
    expect(await copy({ WAYLAND_DISPLAY: 'w', SSH_TTY: '/dev/pts/1' })).to.equal('terminal')
  })

  it('puts the text into the buffer of tmux, which ignores the sequence by default, also over SSH', async () => {
    take('tmux')
    for (const remote of [{}, { SSH_TTY: '/dev/pts/1' }]) {
      expect(await copy({ TMUX: '/tmp/tmux,1,0', ...remote })).to.deep.equal({ program: 'tmux' })
      expect(written()).to.equal('one\ntwo')
      rmSync(path.join(directory, 'clipboard'))
    }
    take('wl-copy')
    expect(await copy({ TMUX: 'x', WAYLAND_DISPLAY: 'w' })).to.deep.equal({ program: 'wl-copy' })
  })

  it('is reported as failed when the text is too long for the terminal and no program takes it', async () => {
    expect(await copy({ DISPLAY: ':0' }, false)).to.equal(null)
    take('wl-copy')
    expect(await copy({ WAYLAND_DISPLAY: 'w', SSH_TTY: 'x' }, false)).to.deep.equal({
      program: 'wl-copy',
    })
  })
})
