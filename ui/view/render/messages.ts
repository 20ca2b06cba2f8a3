/** The texts of previews, which show what a tool call would do. */
export const previewTexts = {
  newFile: 'new file',
  noNewline: '\\ No newline at end of file',
  escapeSequences: (shown: string) => `Contains escape sequences; displayed as: ${shown}`,
  writes: (files: readonly string[]) => `Writes ${files.join(', ')}.`,
  connects: (hosts: readonly string[]) => `Connects to ${hosts.join(', ')}.`,
  inBackground: 'runs in the background',
  timeout: (time: string) => `timeout ${time}`,
}
