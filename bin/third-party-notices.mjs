// The licenses of the packages that the bundles contain, which most of those licenses require in each copy.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/
const LICENSE = /^(?:licence|license|copying|notice)/i

/** The text of the notices for the files that were bundled: paths from the root, as in the metafile of esbuild. */
export function thirdPartyNotices(root, files) {
  const directories = [...new Set(files.flatMap((file) => PACKAGE.exec(file)?.[0] ?? []))].sort()
  const notices = [
    ...directories.map((directory) => noticeOf(join(root, directory))),
    ...files.filter((file) => DATA.has(file)).map((file) => noticeOfData(join(root, file))),
  ]
  return `The programs in this package contain the following packages.\n${notices.join('')}`
}

/** Files that were made from those of other projects, with their source and license in them. */
const DATA = new Set(['lib/memory/secret-rules.json'])

function noticeOfData(file) {
  const { source, license } = JSON.parse(readFileSync(file, 'utf8'))
  return `\n${'='.repeat(80)}\n${source}\n\n${license}\n`
}

function noticeOf(directory) {
  const { name, version, license } = JSON.parse(
    readFileSync(join(directory, 'package.json'), 'utf8'),
  )
  const texts = readdirSync(directory)
    .filter((file) => LICENSE.test(file))
    .map((file) => readFileSync(join(directory, file), 'utf8').trim())
  const text = texts.length === 0 ? '(The package contains no license text.)' : texts.join('\n\n')
  return `\n${'='.repeat(80)}\n${name} ${version}, ${license ?? 'license not declared'}\n\n${text}\n`
}
