import { Marked } from 'marked'
import type { Entry, ToolCall } from '../session/state/entry.ts'
import { type Hunk, hunkHeader } from '../util/unified-diff.ts'
import { summarizeCall } from './call-change.ts'
import type { ExportedConversation } from './exported-conversation.ts'
import { outcomeOf } from './markdown.ts'
import { exportedFrom, OUTPUT, REASONING, USER } from './messages.ts'

/**
 * The conversation as one HTML file that loads nothing. Texts of the model and of tools are not trusted: HTML in them is shown
 * as text, links lead only to web addresses, images become links, and the policy of the page forbids scripts.
 */
export function toHtml({ agent, entries, exportedAt, ...named }: ExportedConversation): string {
  const time = exportedAt.slice(0, 16).replace('T', ' ')
  const heading = toHtmlText(named.heading)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${heading}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${heading}</h1>
<p class="about">${toHtmlText(exportedFrom(agent.name, agent.model, time))}</p>
${entries.map((entry) => sectionOf(entry, agent.name)).join('\n')}
</body>
</html>
`
}

function sectionOf(entry: Entry, agent: string): string {
  switch (entry.type) {
    case 'user':
      return section('user', USER, `<pre class="text">${toHtmlText(entry.text)}</pre>`)
    case 'assistant':
      return section('agent', agent, markdown(entry.text))
    case 'reasoning':
      return details(REASONING, `<pre class="text">${toHtmlText(entry.text)}</pre>`)
    case 'tool':
      return callSection(entry.call)
    case 'shellLine':
      return `<section class="tool"><pre>$ ${toHtmlText(entry.command)}\n${toHtmlText(entry.text)}</pre></section>`
    case 'notice':
      return `<p class="notice">${toHtmlText(entry.text)}</p>`
  }
}

function section(type: string, who: string, content: string): string {
  return `<section class="${type}"><h2>${toHtmlText(who)}</h2>${content}</section>`
}

function details(summary: string, content: string): string {
  return `<details><summary>${toHtmlText(summary)}</summary>${content}</details>`
}

function callSection(call: ToolCall): string {
  const { title, hunks } = summarizeCall(call)
  const { phase } = call
  const output =
    phase.type === 'finished' && phase.text.trim() !== ''
      ? details(OUTPUT, `<pre>${toHtmlText(phase.text)}</pre>`)
      : ''
  const diff = hunks === null ? '' : hunks.map(diffTable).join('')
  return `<section class="tool"><h3>${toHtmlText(title + outcomeOf(call))}</h3>${diff}${output}</section>`
}

function diffTable(hunk: Hunk): string {
  const rows = hunk.lines.map(
    ({ type, text, oldNumber, newNumber }) =>
      `<tr class="${type}"><td>${oldNumber ?? ''}</td><td>${newNumber ?? ''}</td><td><pre>${toHtmlText(text)}</pre></td></tr>`,
  )
  return `<table class="diff"><caption>${toHtmlText(hunkHeader(hunk))}</caption>${rows.join('')}</table>`
}

const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => toHtmlText(text),
    image: ({ href, text }) => linkTo(href, toHtmlText(text || href)),
    link({ href, tokens }) {
      return linkTo(href, this.parser.parseInline(tokens))
    },
  },
})

function linkTo(href: string, content: string): string {
  const isWeb = /^(https?|mailto):/i.test(href)
  return isWeb ? `<a href="${toHtmlText(href)}">${content}</a>` : content
}

function markdown(text: string): string {
  const html = marked.parse(text, { async: false })
  return `<div class="text">${html}</div>`
}

function toHtmlText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: .9rem; margin: 0; opacity: .7 } h3 { font: 600 .9rem ui-monospace, monospace; margin: 0 }
section { margin: 1.25rem 0 } .user { border-left: 3px solid #3b82f6; padding-left: .8rem }
.tool { border: 1px solid #8884; border-radius: 6px; padding: .5rem .8rem } .about, .notice { opacity: .7 }
pre { font: .85rem/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 }
pre.text { font: inherit; white-space: pre-wrap }
.diff { border-collapse: collapse; width: 100%; margin: .5rem 0 } .diff caption { text-align: left; opacity: .6; font: .8rem ui-monospace, monospace }
.diff td { padding: 0 .5rem; vertical-align: top } .diff td:nth-child(-n+2) { opacity: .5; text-align: right; width: 1%; font: .8rem ui-monospace, monospace }
.added { background: #22c55e26 } .removed { background: #ef444426 }
`
