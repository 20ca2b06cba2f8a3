import { expect } from 'chai'
import { coerceToSchema } from '../../lib/util/coerce-to-schema.ts'
import { repairJsonObject } from '../../lib/util/json-repair.ts'

const schema = {
  type: 'object',
  properties: {
    file_path: { type: 'string' },
    limit: { type: 'integer' },
    all: { type: 'boolean' },
    names: { type: 'array', items: { type: 'string' } },
    either: { anyOf: [{ type: 'number' }, { type: 'null' }] },
    mode: { type: 'string', enum: ['files', 'content'] },
  },
  required: ['file_path'],
}

describe('The arguments of a call', () => {
  const forms: Readonly<Record<string, string>> = {
    'in a code fence': '```json\n{"file_path":"a"}\n```',
    'with a comma at the end': '{"file_path":"a",}',
    'in a string': JSON.stringify('{"file_path":"a"}'),
    'in a list of one': '[{"file_path":"a"}]',
    'before a marker of the template': '{"file_path":"a"}<|im_end|>',
    'before markers of DeepSeek': '{"file_path":"a"}<｜tool▁call▁end｜>\n<｜tool▁calls▁end｜>',
    twice: '{"file_path":"a"}{"file_path":"a"}',
    'three times': '{"file_path":"a"}\n{"file_path":"a"}\n{"file_path":"a"}',
    'after an empty object': '{}{"file_path":"a"}',
    'with a bracket too many': '{"file_path":"a"}}',
    'in a fence in one line': '```json {"file_path":"a"} ```',
    'before hundreds of markers': `{"file_path":"a"}${'</s> <|im_end|>\n'.repeat(300)}`,
    'after a byte order mark': '\ufeff{"file_path":"a"}',
  }
  for (const [how, text] of Object.entries(forms)) {
    it(`are read ${how}`, () => {
      expect(JSON.parse(repairJsonObject(text))).to.deep.equal({ file_path: 'a' })
    })
  }

  it('are read with line feeds and commas in strings', () => {
    expect(JSON.parse(repairJsonObject('{"a":"one\ntwo,}","b":[1,],}'))).to.deep.equal({
      a: 'one\ntwo,}',
      b: [1],
    })
  })

  it('are read whatever their length is, each character a few times at most', () => {
    for (const text of ['```', '```json ```', '{"a":"', '{"file_path":"a"}   <|im_end|>']) {
      const long = text + ' '.repeat(1_000_000)
      expect(repairJsonObject(long).trim()).to.equal(text.replace(/ +<.*/, ''))
    }
  })

  it('stay as they are when they have no single meaning', () => {
    for (const text of [
      '{"a":1',
      "{'a':1}",
      '{"a":1}{"a":2}',
      '{"a":1} or {"a":1}',
      '[{},{}]',
      'hello',
      '7',
      'null',
    ]) {
      expect(repairJsonObject(text)).to.equal(text)
    }
  })

  const coerced: readonly (readonly [object, object])[] = [
    [
      { file_path: 'a', limit: '5' },
      { file_path: 'a', limit: 5 },
    ],
    [{ file_path: 'a', limit: null, all: null }, { file_path: 'a' }],
    [{ file_path: 'a', limit: '', all: 'None', names: 'null' }, { file_path: 'a' }],
    [
      { file_path: 'none', mode: 'Content' },
      { file_path: 'none', mode: 'content' },
    ],
    [
      { file_path: 'a', all: 'True' },
      { file_path: 'a', all: true },
    ],
    [{ file_path: 7 }, { file_path: '7' }],
    [
      { file_path: 'a', names: '["b"]' },
      { file_path: 'a', names: ['b'] },
    ],
    [{ filePath: 'a' }, { file_path: 'a' }],
    [{ arguments: { file_path: 'a' } }, { file_path: 'a' }],
    [
      { file_path: 'a', either: null },
      { file_path: 'a', either: null },
    ],
    [
      { file_path: 'a', either: '1.5' },
      { file_path: 'a', either: 1.5 },
    ],
  ]
  for (const [written, expected] of coerced) {
    it(`are converted to the types of the tool: ${JSON.stringify(written)}`, () => {
      expect(coerceToSchema(written, schema)).to.deep.equal(expected)
    })
  }

  it('are not converted where that is a guess', () => {
    const guesses = [
      { file_path: 'a', limit: 'five' },
      { file_path: 'a', limit: '007' },
      { file_path: 'a', limit: '1.5' },
      { file_path: null },
      { file_path: 'a', all: 'yes' },
      { file_path: 'a', names: 'b' },
      { file_path: 'a', filePath: 'b' },
      { filePath: 'a', FilePath: 'b' },
    ]
    for (const guess of guesses) expect(coerceToSchema(guess, schema)).to.deep.equal(guess)
  })
})
