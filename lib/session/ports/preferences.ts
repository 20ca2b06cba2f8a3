import type { SessionContext } from '../session-context.ts'

/** The user's choices, saved in the user settings file. */
export interface PreferencesPort {
  save(
    key: 'theme' | 'keymap' | 'tokenStreaming' | 'mouse' | 'model' | 'sideColumn',
    value: string | boolean | number,
  ): Promise<void>
}

export function createPreferences({ base }: SessionContext): PreferencesPort {
  return {
    save: (key, value) =>
      base.settings.update('user', (settings) => ({ ...settings, [key]: value })),
  }
}
