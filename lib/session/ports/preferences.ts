import type { SessionContext } from '../session-context.ts'

/** The user's choices, saved in the user settings file. */
export interface PreferencesPort {
  save(
    key: 'theme' | 'keymap' | 'tokenStreaming' | 'mouse' | 'model',
    value: string | boolean,
  ): Promise<void>
}

export function createPreferences({ base }: SessionContext): PreferencesPort {
  return {
    save: (key, value) =>
      base.settings.update('user', (settings) => ({ ...settings, [key]: value })),
  }
}
