import { html, type Html } from '../html.ts'
import type { Totals } from '../review-index.ts'
import { searchLink } from './links.ts'
import { countText, isoOf, minuteText } from './moments.ts'
import type { SearchFields } from './search-fields.ts'
import { shown } from './shown.ts'

/** What a search comes to, as small charts. Each is a table as well, for who cannot see or trust it. */
export function charts(totals: Totals, fields: SearchFields): Html {
  return html`<section class="charts" aria-label="Totals">
    ${timeChart(totals.times)} ${projectChart(totals, fields)} ${codeChart(totals, fields)}
  </section>`
}

const width = 600
const height = 120

function timeChart(times: Totals['times']): Html {
  const most = Math.max(1, ...times.map(({ allowed, refused }) => allowed + refused))
  const step = width / Math.max(1, times.length)
  const bars = times.map(({ allowed, refused }, at) => {
    const high = { allowed: barHeight(allowed, most), refused: barHeight(refused, most) }
    const place = { x: tenths(at * step), width: tenths(Math.max(1, step - 1.5)) }
    return html`${allowed > 0 && bar('allowed', place, height - high.allowed, high.allowed)}${
      refused > 0 && bar('refused', place, height - high.allowed - high.refused, high.refused)
    }`
  })
  return html`<figure>
    <figcaption>Over time</figcaption>
    <svg
      viewBox="0 0 ${width} ${height + 2}"
      preserveAspectRatio="none"
      role="img"
      aria-label="${timesText(times)}"
    >
      ${bars}
      <line class="base" x1="0" x2="${width}" y1="${height + 1}" y2="${height + 1}" />
    </svg>
    ${times.length > 0 && timeAxis(times)}
    <p class="legend">
      <span class="key refused"></span>refused <span class="key allowed"></span>allowed
    </p>
    ${times.length > 0 && timeTable(times)}
  </figure>`
}

/** A little must still be seen beside a lot. */
function barHeight(count: number, most: number): number {
  return count === 0 ? 0 : tenths(Math.max(2, (count / most) * (height - 2)))
}

function bar(kind: string, place: { x: number; width: number }, y: number, high: number): Html {
  return html`<rect
    class="${kind}"
    x="${place.x}"
    y="${tenths(y)}"
    width="${place.width}"
    height="${high}"
  />`
}

function timeAxis(times: Totals['times']): Html {
  const ends = [
    ...times.slice(0, 1).map(({ from }) => from),
    ...times.slice(-1).map(({ to }) => to),
  ]
  return html`<p class="axis">${ends.map((end) => html`<span>${minuteText(end)}</span>`)}</p>`
}

function timesText(times: Totals['times']): string {
  const peak = times.toSorted((one, other) => other.refused - one.refused)[0]
  if (peak === undefined) return 'No calls.'
  const sum = (kind: 'allowed' | 'refused') =>
    countText(times.reduce((total, part) => total + part[kind], 0))
  const worst =
    peak.refused > 0
      ? ` Most refusals: ${countText(peak.refused)} in the part that begins at ${minuteText(peak.from)}.`
      : ''
  return `Calls over the period: ${sum('refused')} refused, ${sum('allowed')} allowed.${worst}`
}

function timeTable(times: Totals['times']): Html {
  const rows = times
    .filter(({ allowed, refused }) => allowed + refused > 0)
    .map(
      ({ from, allowed, refused }) =>
        html`<tr>
          <th scope="row"><time datetime="${isoOf(from)}">${minuteText(from)}</time></th>
          <td>${countText(refused)}</td>
          <td>${countText(allowed)}</td>
        </tr>`,
    )
  return html`<details>
    <summary>As a table</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Calls over time, as a table">
      <table class="numbers">
        <caption class="unseen">
          Calls over time
        </caption>
        <thead>
          <tr>
            <th scope="col">From (UTC)</th>
            <th scope="col">Refused</th>
            <th scope="col">Allowed</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </details>`
}

function projectChart({ projects }: Totals, fields: SearchFields): Html {
  const most = Math.max(1, ...projects.map(({ allowed, refused }) => allowed + refused))
  const rows = projects.map(
    ({ project, allowed, refused }) =>
      html`<tr>
        <th scope="row">${narrowed(fields, { project }, project)}</th>
        <td class="bar">
          ${stripe(
            [
              { kind: 'refused', count: refused },
              { kind: 'allowed', count: allowed },
            ],
            most,
          )}
        </td>
        <td>${countText(refused)}</td>
        <td>${countText(allowed)}</td>
      </tr>`,
  )
  return html`<figure>
    <table class="numbers">
      <caption>
        By project
      </caption>
      <thead>
        <tr>
          <th scope="col">Project</th>
          <td></td>
          <th scope="col">Refused</th>
          <th scope="col">Allowed</th>
        </tr>
      </thead>
      <tbody>
        ${rows.length > 0 ? rows : none(4)}
      </tbody>
    </table>
  </figure>`
}

function codeChart({ codes }: Totals, fields: SearchFields): Html {
  const shownCodes = codes.slice(0, 10)
  const most = Math.max(1, ...codes.map(({ count }) => count))
  const rows = shownCodes.map(
    ({ code, count }) =>
      html`<tr>
        <th scope="row">${narrowed(fields, { code }, code)}</th>
        <td class="bar">${stripe([{ kind: 'refused', count }], most)}</td>
        <td>${countText(count)}</td>
      </tr>`,
  )
  return html`<figure>
    <table class="numbers">
      <caption>
        By code
      </caption>
      <thead>
        <tr>
          <th scope="col">Code</th>
          <td></td>
          <th scope="col">Calls</th>
        </tr>
      </thead>
      <tbody>
        ${rows.length > 0 ? rows : none(3)}
      </tbody>
    </table>
  </figure>`
}

function narrowed(fields: SearchFields, by: SearchFields, text: string): Html {
  return html`<a href="${searchLink({ ...fields, ...by, after: undefined })}">${shown(text)}</a>`
}

function none(columns: number): Html {
  return html`<tr>
    <td class="none" colspan="${columns}">none</td>
  </tr>`
}

interface Part {
  readonly kind: string
  readonly count: number
}

/** One bar lying down, of parts one after the other. The numbers stand beside it. */
function stripe(parts: readonly Part[], most: number): Html {
  let x = 0
  const drawn = parts.map(({ kind, count }) => {
    const long = count === 0 ? 0 : tenths(Math.max(1, (count / most) * 100))
    const start = x
    x = tenths(x + long)
    if (count === 0) return undefined
    return html`<rect class="${kind}" x="${start}" y="0" width="${long}" height="8" />`
  })
  return html`<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">${drawn}</svg>`
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}
