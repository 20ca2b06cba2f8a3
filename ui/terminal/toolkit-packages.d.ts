// The parts of blessed and neo-blessed that are used, without the widgets: loading the widgets doubles the time.
declare module 'blessed/lib/program.js'
declare module 'blessed/lib/widgets/screen.js'
declare module 'blessed/lib/widgets/box.js'
declare module 'neo-blessed/lib/program.js'
declare module 'neo-blessed/lib/widgets/screen.js'
declare module 'neo-blessed/lib/widgets/box.js'
