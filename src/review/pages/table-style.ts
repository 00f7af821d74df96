/** How tables of calls and sign-offs look: dense rows, or cards where the screen is narrow. */
export const tableStyle = `
.segments { display: inline-flex; margin: 0 0 .75rem; border: 1px solid var(--edge); border-radius: 6px; overflow: hidden; }
.segments a { padding: .35rem .9rem; text-decoration: none; font-size: .9rem; }
.segments a:focus-visible { outline-offset: -3px; }
.segments a[aria-current] { background: var(--accent); color: var(--on-accent); font-weight: 600; }
.calls, .plain, .pairs { width: 100%; border-collapse: collapse; font-size: .9rem; }
.calls { table-layout: fixed; }
.calls caption, .plain caption { padding-bottom: .5rem; color: var(--quiet); text-align: left; font-size: .87rem; }
.calls th, .calls td, .plain th, .plain td, .pairs th, .pairs td { padding: .5rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
.calls thead th, .plain thead th, .pairs thead th { background: var(--band); color: var(--quiet); font-size: .8rem; font-weight: 600; }
.calls tbody th, .plain tbody th, .pairs tbody th { font-weight: 400; }
.calls thead th:nth-child(1) { width: 11.5rem; }
.calls thead th:nth-child(2) { width: 9rem; }
.calls thead th:nth-child(3) { width: 18%; }
.calls .status { white-space: normal; }
.calls thead th:nth-child(6) { width: 13%; }
.calls thead th:nth-child(7) { width: 6rem; }
.calls td:last-child, .calls thead th:last-child { text-align: right; }
.calls tbody tr[data-tone=bad] > * { background: var(--bad-wash); }
.calls tbody tr[data-tone=bad] > th { box-shadow: inset 3px 0 var(--refused); }
.calls tbody tr:hover > * { background: var(--band); }
.calls.refused-only tbody tr:not([data-tone=bad]) { display: none; }
.text { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
small.text { color: var(--quiet); font-size: .93em; }
.pairs th { width: 34%; }
.claims, .claims + section { margin-bottom: 1rem; }
.pager { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.25rem; margin: .9rem 0; }
.pager p { margin: 0; color: var(--quiet); font-size: .87rem; }
.pager a { padding: .35rem .9rem; border: 1px solid var(--edge); border-radius: 6px; text-decoration: none; }
@media (prefers-reduced-motion: no-preference) {
  @keyframes arrive { from { background: var(--warn-wash); } }
  .calls tr.new > * { animation: arrive 2s ease-out; }
}
@media (max-width: 1000px) and (min-width: 641px) {
  .calls { font-size: .82rem; }
  .calls thead th:nth-child(1) { width: 7rem; }
  .calls thead th:nth-child(2) { width: 7rem; }
  .calls thead th:nth-child(7) { width: 4.5rem; }
}
@media (max-width: 640px) {
  .calls, .calls caption, .calls tbody, .calls tr, .calls th, .calls td,
  .plain, .plain caption, .plain tbody, .plain tr, .plain th, .plain td { display: block; width: auto; }
  .calls thead, .plain thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .calls tr, .plain tr { margin-bottom: .75rem; padding: .6rem .8rem; border: 1px solid var(--line); border-radius: 8px; }
  .calls tr[data-tone=bad] { border-left: 4px solid var(--refused); background: var(--bad-wash); }
  .calls tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; }
  .calls tr > td:nth-child(n + 3) { grid-column: 1 / -1; }
  .calls tbody tr > *, .calls tbody tr[data-tone] > *, .calls tbody tr[data-tone] > th, .calls tbody tr:hover > *, .plain tbody tr > * { padding: .15rem 0; border: 0; background: none; box-shadow: none; }
  .calls td:last-child { text-align: left; }
  .calls td:nth-child(n + 3), .plain td { display: grid; grid-template-columns: 5.6rem minmax(0, 1fr); gap: .5rem; }
  .calls td:nth-child(n + 3)::before, .plain td::before { content: attr(data-label); color: var(--quiet); font-size: .8rem; line-height: 1.8; }
  .calls tbody th a { display: inline-block; padding: .3rem 0; }
  .calls .status { padding: .3rem 0; }
  .pager a { padding: .55rem 1rem; }
}
`
