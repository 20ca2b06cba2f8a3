import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { writeSite } from '../../bin/dev/site.ts'

describe('The site of the documentation', () => {
  let directory: string
  let pages: readonly { readonly name: string; readonly html: string }[]

  before('writes it', () => {
    directory = mkdtempSync(path.join(tmpdir(), 'letta-site-'))
    writeSite(directory)
    pages = readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.html'))
      .map((name) => ({ name, html: readFileSync(path.join(directory, name), 'utf8') }))
  })
  after(() => rmSync(directory, { recursive: true, force: true }))

  const addressesOf = (html: string): readonly string[] =>
    [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address]) => address ?? '')

  it('has a page for each page of the repository, with one title and no script', () => {
    const names = pages.map(({ name }) => name)
    const docs = readdirSync('docs').filter((name) => name.endsWith('.md'))
    expect(names).to.include.members([
      'index.html',
      ...docs.map((name) => `docs/${name.slice(0, -3)}.html`),
    ])
    for (const { name, html } of pages) {
      expect(html.match(/<h1 /g), name).to.have.length(1)
      expect(html, name).not.to.include('<script')
    }
  })

  it('lists each page once in the navigation of every page', () => {
    for (const { name, html } of pages) {
      const navigation = html.slice(html.indexOf('<nav '), html.indexOf('</nav>'))
      const listed = addressesOf(navigation).map((one) =>
        path.posix.join(path.posix.dirname(name), one),
      )
      expect(listed.toSorted(), name).to.deep.equal(pages.map((page) => page.name).toSorted())
    }
  })

  it('has no address in the site that leads nowhere', () => {
    const broken = pages.flatMap(({ name, html }) =>
      addressesOf(html)
        .filter((address) => !/^[a-z]+:/.test(address))
        .filter((address) => !leadsSomewhere(name, address))
        .map((address) => `${name}: ${address}`),
    )
    expect(broken).to.deep.equal([])
  })

  function leadsSomewhere(from: string, address: string): boolean {
    const [file = '', fragment] = address.split('#')
    const target = path.join(
      directory,
      file === '' ? from : path.posix.join(path.posix.dirname(from), file),
    )
    if (!existsSync(target)) return false
    return fragment === undefined || readFileSync(target, 'utf8').includes(`id="${fragment}"`)
  }
})
