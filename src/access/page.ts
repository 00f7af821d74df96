import { limitsOf } from './cells.ts'
import { pageStyle } from './page-style.ts'
import type { AccessMatrix, AccessRow, DenialRow } from './rows.ts'

/** What the page of an access review shows. */
export interface PageParts {
  readonly matrix: AccessMatrix
  /** The policy file, as the reviewer knows it. */
  readonly file: string
  /** The day of the review, as it shall be printed. */
  readonly date: string
}

/** One page for an access review, with nothing to load: it can be kept, mailed and printed as it is. */
export function accessPage({ matrix, file, date }: PageParts): string {
  const { rows, denials, policyHash } = matrix
  const cautions = rows.filter((row) => row.cautions.length > 0).length
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>Access review of ${escape(file)}, ${escape(date)}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>Access review</h1>
<p>Who may do what in Temporal through Sallyport. What is not listed is refused.</p>
<dl>
${fact('Policy', file)}
${fact('Date', date)}
${fact('Grants', String(rows.length))}
${fact('To look at twice', String(cautions))}
${fact('Denials', String(denials.length))}
${fact('Hash', policyHash)}
</dl>
</header>
<main>
${placesOf(rows)
  .map(({ title, inside }) => placeTable(title, inside))
  .join('\n')}
${denialTable(denials)}
</main>
<footer>
<h2>Decision</h2>
<p>I have read every line above. Lines marked <em>change</em> are to be corrected in the policy.</p>
<div class="signature"><span>Name</span><span>Date</span><span>Signature</span></div>
</footer>
</body>
</html>`
}

/** Rows by where they are: each namespace, then the cluster, then the audit review. */
function placesOf(rows: readonly AccessRow[]) {
  const namespaces = [...new Set(rows.flatMap((row) => row.namespace ?? []))].toSorted()
  const over = (kind: AccessRow['over']) => rows.filter((row) => row.over === kind)
  return [
    ...namespaces.map((name) => ({
      title: `Namespace ${name}`,
      inside: rows.filter((row) => row.namespace === name),
    })),
    { title: 'The cluster', inside: over('cluster') },
    { title: 'The audit review', inside: over('audit') },
  ].filter(({ inside }) => inside.length > 0)
}

function placeTable(title: string, rows: readonly AccessRow[]): string {
  return `<table>
<caption>${escape(title)}</caption>
<thead><tr>${headings(['Rule', 'Who', 'May', 'Limited to', 'Look at', 'Review'])}</tr></thead>
<tbody>
${rows.map(rowElement).join('\n')}
</tbody>
</table>`
}

function rowElement(row: AccessRow): string {
  const cautions = list(row.cautions, 'caution')
  return `<tr${cautions && ' class="twice"'}>
<th scope="row">${escape(row.rule)}<small>${escape(`${row.section}, ${row.issuer}`)}</small></th>
<td>${list(row.who)}</td>
<td><strong>${escape(row.role)}</strong><small>${escape(row.verbs.join(', '))}</small></td>
<td>${list(limitsOf(row)) || '<span class="none">no limit</span>'}</td>
<td>${cautions}</td>
<td class="box"><span>keep</span><span>change</span></td>
</tr>`
}

function denialTable(denials: readonly DenialRow[]): string {
  if (denials.length === 0) return ''
  const rows = denials.map(
    (row) => `<tr>
<th scope="row">${escape(row.denial)}<small>${escape(row.issuer ?? 'every issuer')}</small></th>
<td>${list(row.who)}</td>
<td class="box"><span>keep</span><span>change</span></td>
</tr>`,
  )
  return `<table>
<caption>Denials: nothing at all, whatever rules say</caption>
<thead><tr>${headings(['Denial', 'Who', 'Review'])}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`
}

function headings(titles: readonly string[]): string {
  return titles.map((title) => `<th scope="col">${title}</th>`).join('')
}

function list(items: readonly string[], kind = 'plain'): string {
  if (items.length === 0) return ''
  return `<ul class="${kind}">${items.map((item) => `<li>${escape(item)}</li>`).join('')}</ul>`
}

function fact(name: string, value: string): string {
  return `<div><dt>${name}</dt><dd>${escape(value)}</dd></div>`
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
