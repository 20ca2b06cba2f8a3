// The parts of blessed and neo-blessed that are used, without the widgets: loading those takes twice as long.
declare module 'blessed/lib/program.js'
declare module 'blessed/lib/widgets/screen.js'
declare module 'blessed/lib/widgets/box.js'
declare module 'neo-blessed/lib/program.js'
declare module 'neo-blessed/lib/widgets/screen.js'
declare module 'neo-blessed/lib/widgets/box.js'
