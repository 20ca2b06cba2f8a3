/**
 * The only code that knows the packages of the toolkit: blessed and neo-blessed, one engine in two packages. The types
 * of neither fit the parts that are used here.
 */
import type { EventEmitter } from 'node:events'
import type { Line } from './cells.ts'

export type ToolkitName = 'blessed' | 'neo-blessed'

/** Loads the box and no other widget. */
export async function loadToolkit(name: ToolkitName): Promise<Toolkit> {
  const [program, screen, box] = await Promise.all(LOADERS[name].map((load) => load()))
  return {
    Program: program?.default,
    Screen: screen?.default,
    Box: box?.default,
  } as Toolkit
}

type Loader = () => Promise<{ readonly default: unknown }>

const LOADERS: Readonly<Record<ToolkitName, readonly Loader[]>> = {
  blessed: [
    () => import('blessed/lib/program.js'),
    () => import('blessed/lib/widgets/screen.js'),
    () => import('blessed/lib/widgets/box.js'),
  ],
  'neo-blessed': [
    () => import('neo-blessed/lib/program.js'),
    () => import('neo-blessed/lib/widgets/screen.js'),
    () => import('neo-blessed/lib/widgets/box.js'),
  ],
}

export interface Toolkit {
  readonly Program: new (options: object) => ToolkitProgram
  readonly Screen: new (options: { readonly program: ToolkitProgram }) => ToolkitScreen
  readonly Box: new (options: BoxOptions) => ToolkitBox
}

/** Input and output of the toolkit. It emits the events that the screen routes to elements: `keypress`, `mouse`, `focus`, `blur`, `resize`. */
export interface ToolkitProgram extends EventEmitter {
  cols: number
  rows: number
  isAlt: boolean
  _tputSetup: boolean
  tput: object
  enableMouse(): void
}

/** The toolkit's emitters are not instances of Node's. */
interface ToolkitEmitter {
  on(event: string, listener: (...values: never[]) => void): void
  emit(event: string, ...values: unknown[]): void
}

export interface ToolkitScreen extends ToolkitEmitter {
  readonly program: ToolkitProgram
  readonly children: readonly ToolkitBox[]
  /** The element that receives the keys. */
  readonly focused: ToolkitBox | undefined
  /** The style of an empty cell. */
  dattr: unknown
  /** `lines`: the target contents; `olines`: the contents that the terminal shows. */
  lines: Line[]
  olines: Line[]
  enter(): void
  leave(): void
  alloc(): void
  draw(): void
  /** Lets every element write into `lines`, then calls `draw`. */
  render(): void
  saveFocus(): void
  restoreFocus(): void
  destroy(): void
}

interface BoxOptions {
  readonly parent: ToolkitScreen
  readonly screen: ToolkitScreen
  readonly name: string
  readonly hidden: boolean
  readonly autoFocus: boolean
}

/** In cells, half-open. */
interface Coordinates {
  readonly xi: number
  readonly xl: number
  readonly yi: number
  readonly yl: number
}

export interface ToolkitBox extends ToolkitEmitter {
  readonly name: string
  readonly screen: ToolkitScreen
  readonly hidden: boolean
  readonly position: object
  /** Where it was last rendered; mouse events are routed by it. */
  lpos: Coordinates | undefined
  _getCoords(get: boolean): Coordinates | undefined
  parseContent(): boolean
  render(): void
  show(): void
  hide(): void
  focus(): void
  setFront(): void
}
