import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { commandIds } from '../../../ui/app/command-list.ts'
import { keymapFileSchema, parseKeymap } from '../../../ui/input/keymap.ts'
import { parseTheme } from '../../../ui/theme/theme.ts'
import { themeFileSchema } from '../../../ui/theme/theme-file.ts'

const ROOT = path.join(import.meta.dirname, '../../..')
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
const shipped =
  (kind: string) =>
  (name: string): unknown =>
    JSON.parse(read(`${kind}/${name}.json`))

/** The JSON of the examples of one kind. */
function examples(kind: 'theme' | 'keymap'): readonly unknown[] {
  const blocks = read('docs/themes-and-keymaps.md').matchAll(/^```json (\w+)\n([\s\S]*?)^```/gm)
  return [...blocks].flatMap(([, one, json = '']) => (one === kind ? [JSON.parse(json)] : []))
}

describe('The page about themes and keymaps', () => {
  it('has an example of a theme that is valid', () => {
    const [example] = examples('theme')
    expect(themeFileSchema.safeParse(example).error).to.equal(undefined)
    expect(parseTheme(example, 'sepia', shipped('themes')).problems).to.deep.equal([])
  })

  it('has an example of a keymap that is valid', () => {
    const [example] = examples('keymap')
    expect(keymapFileSchema.safeParse(example).error).to.equal(undefined)
    const { problems } = parseKeymap(example, 'mine', shipped('keymaps'), commandIds())
    expect(problems).to.deep.equal([])
  })
})
