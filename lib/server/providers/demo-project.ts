/** The files of the project on which the demo works, by path. */
export const demoProject: Readonly<Record<string, string>> = {
  'README.md': `# Greeter

A tiny program that greets people.

    node greeting.mjs Ada

Known bug: it cannot spell "Hello".
`,
  'greeting.mjs': `// Greets whoever is named on the command line.
export function greeting(name) {
  return \`Helo, \${name}!\`
}

console.log(greeting(process.argv[2] ?? 'world'))
`,
  '.skills/greetings/SKILL.MD': `---
name: Greetings
description: How this project greets people
category: Demo
tags:
  - demo
---
# Greetings

Greet by name, spell "Hello" with two l, and end with an exclamation mark.
`,
}
