import { REGISTRIES } from '../../messages.ts'
import type { ShellWord } from '../parse/word.ts'
import type { SimpleCommand } from '../types.ts'
import { systemProgram } from './read-access.ts'

interface RegistryClient {
  readonly registry: string
  /** The actions that connect; null for a program that connects whatever it does. */
  readonly actions: ReadonlySet<string> | null
  /** Options whose value is the next word. */
  readonly values?: RegExp
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const NODE_VALUES = /^(?:-[Cw]|--(?:prefix|cwd|dir|workspace|filter|registry|tag|userconfig))$/
const PIP: RegistryClient = {
  registry: REGISTRIES.python,
  actions: words('install download wheel index'),
}
const DOCKER: RegistryClient = {
  registry: REGISTRIES.docker,
  actions: words('pull push build run create login search buildx compose'),
  values: /^(?:-[HcDl]|--(?:context|host|config|log-level))$/,
}

/** Programs that download packages, and what of them does. */
const CLIENTS: ReadonlyMap<string, RegistryClient> = new Map([
  [
    'npm',
    {
      registry: REGISTRIES.npm,
      actions: words(
        'install i add ci update up upgrade outdated audit publish view info search exec x create init install-test it login',
      ),
      values: NODE_VALUES,
    },
  ],
  [
    'pnpm',
    {
      registry: REGISTRIES.npm,
      actions: words('install i add update up outdated audit publish dlx create'),
      values: NODE_VALUES,
    },
  ],
  [
    'yarn',
    {
      registry: REGISTRIES.npm,
      actions: words('install add up upgrade outdated audit publish dlx create info npm'),
      values: NODE_VALUES,
    },
  ],
  [
    'bun',
    {
      registry: REGISTRIES.npm,
      actions: words('install i add update outdated publish x create'),
      values: NODE_VALUES,
    },
  ],
  ['npx', { registry: REGISTRIES.npm, actions: null }],
  ['bunx', { registry: REGISTRIES.npm, actions: null }],
  ['pip', PIP],
  ['pip3', PIP],
  ['pipx', { registry: REGISTRIES.python, actions: words('install run upgrade upgrade-all') }],
  ['uv', { registry: REGISTRIES.python, actions: words('pip add sync lock run tool publish') }],
  ['uvx', { registry: REGISTRIES.python, actions: null }],
  ['poetry', { registry: REGISTRIES.python, actions: words('install add update lock publish') }],
  ['docker', DOCKER],
  ['podman', DOCKER],
  [
    'cargo',
    {
      registry: REGISTRIES.cargo,
      actions: words('install add update fetch publish search login'),
      values: /^(?:-C|--(?:manifest-path|config|color))$/,
    },
  ],
  ['go', { registry: REGISTRIES.go, actions: words('get install mod') }],
  ['gem', { registry: REGISTRIES.ruby, actions: words('install update push fetch search') }],
  ['bundle', { registry: REGISTRIES.ruby, actions: words('install update add outdated') }],
  ['composer', { registry: REGISTRIES.php, actions: words('install update require outdated') }],
  ['apt', { registry: REGISTRIES.system, actions: words('install update upgrade full-upgrade') }],
  [
    'apt-get',
    { registry: REGISTRIES.system, actions: words('install update upgrade dist-upgrade source') },
  ],
  ['apk', { registry: REGISTRIES.system, actions: words('add update upgrade fetch') }],
  ['dnf', { registry: REGISTRIES.system, actions: words('install update upgrade') }],
  ['brew', { registry: REGISTRIES.system, actions: words('install update upgrade tap fetch') }],
])

/** The registries that a program for packages connects to: that of an image by its address, others by what they are. */
export function registriesOf({ words: all }: SimpleCommand): readonly string[] {
  const [program, ...args] = programOf(all)
  const name = systemProgram(program)?.replace(/^(pip)3?\.\d+$/, '$1') ?? ''
  const client = CLIENTS.get(name)
  if (client === undefined) return []
  const texts = args.map(({ values }) => values.at(0) ?? '')
  const operands = texts.filter((text, at) => {
    const isValue = at > 0 && client.values?.test(texts[at - 1] ?? '') === true
    return !isValue && !text.startsWith('-')
  })
  const [action] = operands
  // Without an action yarn installs.
  const isInstall = name === 'yarn' && action === undefined && texts.length === 0
  if (client.actions !== null && !isInstall && !client.actions.has(action ?? '')) return []
  if (client !== DOCKER) return [client.registry]
  const hosts = operands.slice(1).flatMap((text) => IMAGE_HOST.exec(text)?.[1] ?? [])
  return hosts.length > 0 ? hosts.slice(0, 1) : [client.registry]
}

/** `ghcr.io/owner/image`, `localhost:5000/image` */
const IMAGE_HOST = /^([\w-]+(?:\.[\w-]+)+|[\w.-]+:\d+|localhost)(?::\d+)?\/[\w./-]+(?:[:@].*)?$/

/** The program after `sudo` and `python -m`. */
function programOf(all: readonly ShellWord[]): readonly ShellWord[] {
  const texts = all.map(({ values }) => values.at(0) ?? '')
  const start = /^(?:sudo|doas)$/.test(texts[0] ?? '') && !/^-/.test(texts[1] ?? '-') ? 1 : 0
  const isModule = /^python(?:3(?:\.\d+)?)?$/.test(systemProgram(all[start]) ?? '')
  return all.slice(isModule && texts[start + 1] === '-m' ? start + 2 : start)
}
