/** How the charts of totals look. Refusals stand on top, and the numbers stand beside. */
export const chartStyle = `
.charts { display: grid; grid-template-columns: 1.2fr 1.4fr 1fr; gap: 1rem; align-items: stretch; margin-bottom: 1.5rem; }
figure { display: flex; flex-direction: column; margin: 0; padding: .8rem 1rem; border: 1px solid var(--line); border-radius: 8px; min-width: 0; }
figcaption, .numbers caption { padding: 0 0 .5rem; text-align: left; font-size: .93rem; font-weight: 650; }
figure > svg { display: block; width: 100%; height: 7.5rem; }
rect.allowed { fill: var(--allowed); }
rect.refused { fill: var(--refused); }
line.base { stroke: var(--edge); stroke-width: 1; vector-effect: non-scaling-stroke; }
.axis { display: flex; justify-content: space-between; gap: 1rem; margin: .3rem 0 .2rem; color: var(--quiet); font-size: .8rem; font-variant-numeric: tabular-nums; }
.legend { margin: .1rem 0 .3rem; color: var(--quiet); font-size: .8rem; }
.key { display: inline-block; width: .75rem; height: .75rem; margin: 0 .35rem 0 .8rem; border-radius: 2px; vertical-align: -1px; }
.key:first-child { margin-left: 0; }
.key.allowed { background: var(--allowed); }
.key.refused { background: var(--refused); }
.numbers { width: 100%; border-collapse: collapse; font-size: .87rem; table-layout: auto; }
.numbers th, .numbers td { padding: .28rem .4rem; text-align: right; font-weight: 400; border-top: 1px solid var(--line); vertical-align: middle; }
.numbers th[scope=row], .numbers thead th:first-child { padding-left: 0; text-align: left; overflow-wrap: anywhere; }
.numbers tr > :last-child { padding-right: 0; }
.numbers thead th, .numbers thead td { border: 0; color: var(--quiet); font-size: .8rem; }
.numbers .bar { width: 34%; min-width: 3.5rem; }
.numbers .bar svg { display: block; width: 100%; height: .6rem; }
.numbers th[scope=row] { min-width: 9.5rem; }
.numbers .none { text-align: left; color: var(--quiet); }
.scroll { max-height: 16rem; overflow: auto; }
@media (max-width: 1100px) { .charts { grid-template-columns: 1fr 1fr; } .charts figure:first-child { grid-column: 1 / -1; } }
@media (max-width: 640px) {
  .charts { grid-template-columns: minmax(0, 1fr); }
  .numbers .bar { width: 20%; min-width: 2.5rem; }
  .numbers th[scope=row] { min-width: 7rem; }
}
`
