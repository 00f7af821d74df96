import { chartStyle } from './chart-style.ts'
import { tableStyle } from './table-style.ts'

/** How the review page looks: calm and dense, light and dark, from a phone to a wide screen. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1c1f23; --quiet: #5b636e; --line: #d5dae0; --band: #f4f6f8; --edge: #7d8793;
  --accent: #1f4e79; --on-accent: #fff; --bad: #a3261b; --bad-wash: #fdf3f1; --warn: #7a4d00; --warn-wash: #fff8e6;
  --good: #1b6437; --allowed: #6f8ba7; --refused: #c23b2c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --ink: #e7eaee; --quiet: #9aa4b0; --line: #333a42; --band: #1c2126; --edge: #7b8694;
    --accent: #9cc7ee; --on-accent: #10202f; --bad: #f6a096; --bad-wash: #271a1a; --warn: #f0c36d; --warn-wash: #262012;
    --good: #82d2a2; --allowed: #6d8aa8; --refused: #e5695b;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scrollbar-gutter: stable; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.45 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
body > header, main, body > footer { max-width: 92rem; margin: 0 auto; padding: 0 1.5rem; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
main:focus { outline: none; }
code, pre { font: .87em/1.5 ui-monospace, "SFMono-Regular", "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
time, dd, td { font-variant-numeric: tabular-nums; }
bdi { white-space: pre-wrap; overflow-wrap: anywhere; }
.odd { font-size: 0; unicode-bidi: isolate; }
.odd::before { content: attr(data-code); margin: 0 .15em; padding: 0 .3em; border: 1px solid var(--warn); border-radius: 3px; color: var(--warn); background: var(--warn-wash); font: 600 .72rem/1.3 ui-monospace, "DejaVu Sans Mono", monospace; }
.skip { position: absolute; left: -100vw; top: .5rem; z-index: 1; padding: .6rem 1rem; background: var(--accent); color: var(--on-accent); }
.skip:focus { left: .5rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

body > header { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 2rem; padding-block: .75rem; }
body > header::after { content: ""; order: 9; flex-basis: 100%; border-bottom: 1px solid var(--line); }
.brand { margin: 0; font-size: 1.05rem; font-weight: 700; letter-spacing: -.01em; }
.brand span { color: var(--quiet); font-weight: 400; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem; margin: 0; padding: 0; list-style: none; }
nav li a { display: block; padding: .4rem .8rem; border-radius: 6px; color: var(--ink); text-decoration: none; }
nav li a:hover { background: var(--band); }
nav a[aria-current] { background: var(--band); color: var(--accent); font-weight: 650; box-shadow: inset 0 -2px var(--accent); border-radius: 6px 6px 0 0; }
.who { display: flex; align-items: center; gap: .75rem; margin: 0 0 0 auto; color: var(--quiet); font-size: .87rem; }
body > footer { margin-top: 3rem; padding-bottom: 2rem; color: var(--quiet); font-size: .87rem; }

h1 { margin: 1.25rem 0 .5rem; font-size: 1.75rem; line-height: 1.2; letter-spacing: -.02em; overflow-wrap: anywhere; }
h2 { margin: 0 0 .4rem; font-size: 1.1rem; }
h3 { margin: 1rem 0 .3rem; font-size: 1rem; }
.hint { margin: .2rem 0 .8rem; color: var(--quiet); font-size: .87rem; max-width: 75ch; }
.empty { padding: 2rem 1rem; border: 1px dashed var(--line); border-radius: 8px; color: var(--quiet); text-align: center; }
.notice, .problem { margin: .75rem 0; padding: .7rem 1rem; border-left: 4px solid var(--warn); border-radius: 0 6px 6px 0; background: var(--warn-wash); }
.problem { border-color: var(--bad); background: var(--bad-wash); }
.problem ul { margin: .2rem 0; padding-left: 1.2rem; }
.problem p { margin: .1rem 0; }
.message { max-width: 60ch; padding: 2rem 0 4rem; }
.message p { color: var(--quiet); }

label { display: flex; flex-direction: column; gap: .2rem; min-width: 0; color: var(--quiet); font-size: .8rem; font-weight: 600; }
label.check { flex-direction: row; align-items: center; gap: .45rem; font-size: .87rem; }
input, select, textarea, button { font: inherit; color: var(--ink); }
input:not([type=checkbox]), select, textarea { width: 100%; min-width: 0; min-height: 2.35rem; padding: .35rem .55rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--paper); font-size: .93rem; font-weight: 400; }
input[type=checkbox] { width: 1.1rem; height: 1.1rem; accent-color: var(--accent); }
::placeholder { color: var(--quiet); opacity: 1; }
button { min-height: 2.35rem; padding: .35rem 1.1rem; border: 1px solid var(--accent); border-radius: 6px; background: var(--accent); color: var(--on-accent); font-weight: 600; cursor: pointer; }
button.quiet, .export button, button[aria-pressed] { background: transparent; color: var(--accent); border-color: var(--edge); }
button[aria-pressed=true] { background: var(--band); border-color: var(--accent); }
.search { padding: .9rem 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--band); }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .7rem 1rem; }
.search details { margin-top: .7rem; }
summary { width: fit-content; padding: .25rem 0; color: var(--accent); cursor: pointer; font-size: .9rem; font-weight: 600; }
.search details[open] summary { margin-bottom: .5rem; }
.buttons { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem 1.5rem; margin: .8rem 0 0; }
.presets a { display: inline-block; padding: .2rem .3rem; margin-right: .4rem; font-size: .9rem; }
.summary { margin: 1.25rem 0 .75rem; font-size: 1.05rem; font-variant-numeric: tabular-nums; }
.export { margin-top: 2rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
.export button { margin: 0 .5rem .5rem 0; }

.status { display: inline-flex; align-items: baseline; gap: .4rem; font-weight: 600; white-space: nowrap; }
.mark { display: inline-block; min-width: 1.15em; height: 1.3em; border-radius: 3px; text-align: center; line-height: 1.3; font-weight: 700; }
[data-tone=bad] .status, .result[data-tone=bad] h2 { color: var(--bad); }
[data-tone=good] .status, .result[data-tone=good] h2 { color: var(--good); }
[data-tone=warn] .status { color: var(--warn); }
[data-tone=plain] .status { color: var(--quiet); }

.back { margin: 1rem 0 0; font-size: .9rem; }
.back a::before { content: "‹ "; }
.heading { margin-bottom: 1rem; }
.heading h1 { display: inline-block; margin-right: 1rem; }
.heading .status { margin: 0; font-size: 1.05rem; }
.outside { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; margin: 0 0 1rem; }
.outside a::after { content: " ↗"; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); gap: 1rem; margin-bottom: 1.5rem; }
.facts section, .result { padding: .9rem 1.1rem; border: 1px solid var(--line); border-radius: 8px; min-width: 0; }
.facts dl, .result dl { margin: 0; }
.facts dl > div { display: grid; grid-template-columns: minmax(7rem, 34%) 1fr; gap: 1rem; padding: .3rem 0; border-top: 1px solid var(--line); }
.facts dl > div:first-child { border-top: 0; }
dt { color: var(--quiet); font-size: .87rem; }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
pre { max-height: 32rem; margin: .3rem 0 1rem; padding: .8rem 1rem; overflow: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--band); white-space: pre-wrap; }
.result { margin: 1rem 0; }
.result dl { display: flex; flex-wrap: wrap; gap: .75rem 2.5rem; margin-bottom: .5rem; }
.result dd { font-weight: 600; }
.result label { max-width: 45rem; margin-bottom: .3rem; }
.result ol { padding-left: 1.4rem; }
progress { width: 100%; height: .6rem; accent-color: var(--accent); }
.meaning { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 1.5rem 3rem; margin-top: 2rem; max-width: 70rem; }
.meaning ul { margin: 0; padding-left: 1.1rem; color: var(--quiet); }
.meaning li { margin-bottom: .4rem; }
.live { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.25rem; margin: 0 0 1rem; }
.live .state { order: 3; margin: 0; color: var(--quiet); font-size: .93rem; }
${chartStyle}${tableStyle}
@media (max-width: 640px) {
  body > header, main, body > footer { padding-inline: 1rem; }
  body > header nav { order: 2; }
  nav, nav ul { width: 100%; }
  h1 { font-size: 1.4rem; }
  nav li a { padding: .55rem .7rem; }
  .fields { grid-template-columns: 1fr 1fr; gap: .6rem; }
  .fields label:has([name=from], [name=to]) { grid-column: 1 / -1; }
  .facts dl > div { grid-template-columns: 1fr; gap: 0; }
  button, input:not([type=checkbox]), select { min-height: 2.75rem; }
  .search > .buttons button { width: 100%; }
}
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; }
}
@media (forced-colors: active) {
  rect.refused { fill: Mark; } rect.allowed { fill: CanvasText; }
}
@media print {
  body > header nav, .search, .segments, .export, .live, .pager a, .skip { display: none; }
}
`
