// The documentation as web pages: npm run site writes README.md and docs/*.md to site/, which any web server can serve.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Marked, type Tokens } from 'marked'
import { packageRoot } from '../../lib/fs/package-root.ts'
import manifest from '../../package.json' with { type: 'json' }
import { anchorOf } from './page-anchor.ts'

const TITLE = 'Letta Workbench'
const HOME = 'README.md'
/** What is not a page, and pages link to. Other files are linked to in the repository. */
const COPIED = ['docs/images', 'docs/letta.1', 'schemas', 'LICENSE']
const REPOSITORY = manifest.homepage.replace(/#.*$/, '')
const ROOT_PAGES = [HOME, 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md']

/** The navigation. A page of `docs/` that is in no group is listed in the last one. */
const GROUPS: readonly { readonly title: string; readonly pages: readonly string[] }[] = [
  {
    title: 'Guide',
    pages: [
      'getting-started',
      'messages',
      'conversation',
      'memory',
      'review-and-rewind',
      'conversations',
      'skills',
      'headless',
      'terminals',
      'troubleshooting',
      'faq',
    ],
  },
  {
    title: 'Reference',
    pages: [
      'flags',
      'commands',
      'keys',
      'settings',
      'environment',
      'models',
      'permissions',
      'permission-rules',
      'server',
      'themes-and-keymaps',
      'data',
    ],
  },
]
const MORE = 'More'

interface SitePage {
  /** From the root of the repository: `docs/keys.md`. */
  readonly source: string
  /** In the site: `docs/keys.html`. */
  readonly address: string
  readonly title: string
  readonly text: string
}

/** Writes the site into an empty directory. */
export function writeSite(directory: string): void {
  const root = packageRoot()
  const docs = readdirSync(path.join(root, 'docs')).filter((name) => name.endsWith('.md'))
  const pages = [...ROOT_PAGES, ...docs.map((name) => `docs/${name}`)].map(readPage)
  for (const page of pages) {
    const file = path.join(directory, page.address)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, htmlOf(page, pages))
  }
  for (const name of COPIED) {
    cpSync(path.join(root, name), path.join(directory, name), { recursive: true })
  }
}

function readPage(source: string): SitePage {
  const text = readFileSync(path.join(packageRoot(), source), 'utf8')
  const title = /^# (.*)$/m.exec(text)?.[1] ?? source
  return { source, address: addressOf(source), title, text }
}

function addressOf(source: string): string {
  return source === HOME ? 'index.html' : source.replace(/\.md$/, '.html')
}

function htmlOf(page: SitePage, pages: readonly SitePage[]): string {
  const title = page.source === HOME ? TITLE : `${page.title} · ${TITLE}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="pages" href="#pages">All pages</a>
<nav id="pages">${navigation(page, pages)}</nav>
<main>
${renderer(page, pages).parse(page.text, { async: false })}
</main>
</body>
</html>
`
}

function navigation(current: SitePage, pages: readonly SitePage[]): string {
  const named = GROUPS.map(({ title, pages: names }) => ({
    title,
    pages: names.flatMap((name) => pages.filter(({ source }) => source === `docs/${name}.md`)),
  }))
  const listed = named.flatMap((group) => group.pages)
  const rest = pages.filter((page) => page.source !== HOME && !listed.includes(page))
  const link = (page: SitePage, text: string): string => {
    const mark = page === current ? ' aria-current="page"' : ''
    return `<a href="${relative(current, page.address)}"${mark}>${escapeHtml(text)}</a>`
  }
  const home = pages.filter(({ source }) => source === HOME).map((page) => link(page, TITLE))
  const groups = [...named, { title: MORE, pages: rest }].map(
    (group) =>
      `<h2>${group.title}</h2>${group.pages.map((page) => link(page, page.title)).join('')}`,
  )
  return [...home, ...groups].join('')
}

/** Markdown as GitHub shows it: headings have anchors, and links between pages lead to the pages of the site. */
function renderer(page: SitePage, pages: readonly SitePage[]): Marked {
  return new Marked({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading) {
        const content = this.parser.parseInline(tokens)
        return `<h${depth} id="${anchorOf(text)}">${content}</h${depth}>\n`
      },
      link({ href, tokens }: Tokens.Link) {
        return `<a href="${escapeHtml(linkOf(href, page, pages))}">${this.parser.parseInline(tokens)}</a>`
      },
      image({ href, text }: Tokens.Image) {
        const [file = '', theme = ''] = href.split('#')
        const only = /^gh-(dark|light)-mode-only$/.exec(theme)?.[1]
        const name = only === undefined ? '' : ` class="${only}"`
        return `<img src="${escapeHtml(file)}" alt="${escapeHtml(text)}"${name}>`
      },
    },
  })
}

function linkOf(href: string, page: SitePage, pages: readonly SitePage[]): string {
  if (/^[a-z]+:|^#/.test(href)) return href
  const [file = '', fragment] = href.split('#')
  const source = path.posix.join(path.posix.dirname(page.source), file)
  const target = pages.find((one) => one.source === source)
  const isInSite = target !== undefined || COPIED.some((name) => source.startsWith(name))
  if (!isInSite) return `${REPOSITORY}/blob/main/${source}`
  const address = target === undefined ? file : relative(page, target.address)
  return fragment === undefined ? address : `${address}#${fragment}`
}

function relative(from: SitePage, address: string): string {
  return path.posix.relative(path.posix.dirname(from.address), address)
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

const STYLE = `
:root { --text: #1f2328; --muted: #59636e; --line: #d1d9e0; --code: #f6f8fa; --link: #0550ae; --page: #ffffff }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --muted: #9198a1; --line: #3d444d; --code: #151b23; --link: #6cb0ff; --page: #0d1117 }
}
* { box-sizing: border-box }
body { margin: 0; display: flex; color: var(--text); background: var(--page); font: 16px/1.6 system-ui, sans-serif }
nav { flex: 0 0 15rem; padding: 1.5rem 1rem; border-right: 1px solid var(--line); height: 100vh; overflow: auto; position: sticky; top: 0 }
nav h2 { font-size: .8rem; text-transform: uppercase; letter-spacing: .05em; color: var(--muted); margin: 1.2rem 0 .3rem }
nav a { display: block; padding: .15rem 0; text-decoration: none }
nav a[aria-current] { font-weight: 600; color: var(--text) }
main { flex: 1; min-width: 0; max-width: 66rem; padding: 1.5rem 2rem 4rem }
a { color: var(--link) }
h1, h2 { line-height: 1.25; border-bottom: 1px solid var(--line); padding-bottom: .3rem }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; background: var(--code); border-radius: 4px }
code { padding: .1em .3em }
pre { padding: 1rem; overflow: auto }
pre code { padding: 0 }
table { border-collapse: collapse; display: block; overflow: auto; font-size: .875rem; line-height: 1.45 }
th, td { border: 1px solid var(--line); padding: .35rem .5rem; text-align: left; vertical-align: top }
img { max-width: 100% }
img.dark { display: none }
@media (prefers-color-scheme: dark) { img.dark { display: inline } img.light { display: none } }
a.pages { display: none }
@media (max-width: 50rem) { a.pages { display: block; padding: .5rem 1rem; border-bottom: 1px solid var(--line) } body { flex-direction: column } nav { order: 1; flex: none; position: static; height: auto; border: 0; border-top: 1px solid var(--line) } main { padding: 1rem; max-width: 100% } }
`

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const directory = path.join(packageRoot(), 'site')
  rmSync(directory, { recursive: true, force: true })
  writeSite(directory)
  process.stdout.write(`Wrote ${directory}\n`)
}
