import { plainName } from '../../util/coerce-to-schema.ts'
import type { ModelPart } from '../providers/provider.ts'
import { plainToolName } from '../providers/sdk-prompt.ts'

/** Replaces the names of called tools by those that exist, where a model wrote one of them in another way. */
export async function* withKnownToolNames(
  parts: AsyncIterable<ModelPart>,
  names: readonly string[],
): AsyncGenerator<ModelPart> {
  for await (const part of parts) {
    yield part.type === 'callStart' ? { ...part, name: findToolName(part.name, names) } : part
  }
}

/**
 * The only tool that is meant: `functions.Read`, `read`, `multi_edit` and `Read<|channel|>…` are understood.
 * @internal
 */
export function findToolName(written: string, names: readonly string[]): string {
  if (names.includes(written)) return written
  const sent = names.find((name) => plainToolName(name) === written)
  if (sent !== undefined) return sent
  const plain = written.replace(/<\|.*$/s, '').replace(/^[\s"'`]+|[\s"'`()]+$/g, '')
  const unprefixed = plain.replace(/^.*[.:/]/s, '')
  for (const name of [plain, unprefixed]) {
    if (names.includes(name)) return name
    const similar = names.filter((one) => plainName(one) === plainName(name))
    if (similar.length === 1 && similar[0] !== undefined) return similar[0]
  }
  return written
}
