import { spellOut } from '../util/invisible-characters.ts'
import type { MessageWithHint } from '../util/user-error.ts'

/** Errors of a recording that cannot be replayed. `path`: as the user gave it. */

export function notARecording(path: string): MessageWithHint {
  return {
    message: `${spellOut(path)} is not a recording of letta.`,
    hint: 'Create a recording with: letta --record FILE',
  }
}

/** `version`, `supported`: of the recording, and of this program. */
export function otherRecordingVersion(path: string, version: unknown, supported: number): string {
  return `${spellOut(path)} was recorded by another version of letta: its format is ${version}, not ${supported}.`
}

/** `line` counts from 1. */
export function invalidEvent(path: string, line: number): string {
  return `${spellOut(path)}:${line}: not a session event.`
}

export function notAConversation(path: string): MessageWithHint {
  return {
    message: `${spellOut(path)} is neither a recording nor a conversation that was exported as JSON lines.`,
    hint: 'Create one with: letta --record FILE, or letta conversations export ID talk.jsonl. For agent files: letta agents import FILE',
  }
}

export const conversationEmpty = (path: string): string =>
  `${spellOut(path)} contains no message of a conversation.`
