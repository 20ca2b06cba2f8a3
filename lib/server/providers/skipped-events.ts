import { channel } from 'node:diagnostics_channel'

/** Part of an answer that was not understood and left out. */
export interface SkippedEvent {
  /** Of the provider. */
  readonly title: string
  readonly text: string
}

/** For the debug log. */
export const skippedEvents = channel('letta.provider.skipped')
