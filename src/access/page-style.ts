/** How the page of an access review looks: on screens light or dark, on paper always light, A4 across. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1c1f23; --quiet: #5b636e; --line: #d5dae0; --band: #f4f6f8; --alert: #9a3412; --wash: #fff7ed;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171a; --ink: #e7eaee; --quiet: #9aa4b0; --line: #333a42; --band: #1c2126; --alert: #fdba74; --wash: #2a2018; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 2rem; max-width: 84rem; background: var(--paper); color: var(--ink); font: 15px/1.45 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { margin: 0; font-size: 1.9rem; letter-spacing: -.02em; }
h2 { margin: 0 0 .25rem; font-size: 1.15rem; }
header p, footer p { margin: .25rem 0 1rem; color: var(--quiet); }
dl { display: flex; flex-wrap: wrap; gap: .75rem 2.5rem; margin: 0 0 2rem; padding: 1rem 0; border-block: 1px solid var(--line); }
dt { color: var(--quiet); font-size: .8rem; }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
table { width: 100%; margin-bottom: 2.25rem; border-collapse: collapse; table-layout: fixed; }
caption { padding-bottom: .5rem; text-align: left; font-size: 1.15rem; font-weight: 650; }
th, td { padding: .6rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { background: var(--band); color: var(--quiet); font-size: .8rem; font-weight: 600; }
thead th:first-child { width: 17%; }
thead th:nth-child(2):not(:nth-last-child(2)) { width: 28%; }
thead th:last-child { width: 6.5rem; }
tbody th { font-weight: 650; }
small { display: block; margin-top: .15rem; color: var(--quiet); font-size: .82rem; font-weight: 400; }
ul { margin: 0; padding: 0; list-style: none; }
li + li { margin-top: .2rem; }
.caution li { padding-left: 1.2em; color: var(--alert); }
.caution li::before { content: "!"; display: inline-block; width: 1.2em; margin-left: -1.2em; font-weight: 700; }
.twice > * { background: var(--wash); }
.none { color: var(--quiet); }
.box span { display: flex; align-items: center; gap: .5rem; margin-bottom: .3rem; }
.box span::before { content: ""; width: .85rem; height: .85rem; border: 1px solid var(--ink); border-radius: 2px; }
.signature { display: grid; grid-template-columns: 2fr 1fr 2fr; gap: 2.5rem; margin-top: 3.5rem; }
.signature span { padding-top: .35rem; border-top: 1px solid var(--ink); color: var(--quiet); font-size: .82rem; }
footer { break-inside: avoid; }
@page { size: A4 landscape; margin: 14mm; }
@media print {
  :root { --paper: #fff; --ink: #000; --quiet: #444; --line: #bbb; --band: #f2f2f2; --alert: #7c2d12; --wash: #fff; color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  tr, caption { break-inside: avoid; }
  caption { break-after: avoid; }
  thead { display: table-header-group; }
}
`
