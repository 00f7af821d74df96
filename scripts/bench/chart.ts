import type { ProxyName } from './proxies.ts'
import type { BenchResult } from './result.ts'

const colours: Readonly<Record<ProxyName, string>> = {
  'sallyport-synced': '#0b6e4f',
  'sallyport-buffered': '#6bbf9b',
  envoy: '#8a5cc2',
  nginx: '#9a9a9a',
}
const names: Readonly<Record<ProxyName, string>> = {
  'sallyport-synced': 'Sallyport, synced',
  'sallyport-buffered': 'Sallyport, buffered',
  envoy: 'Envoy',
  nginx: 'nginx, no identity',
}

const barHeight = 26
const left = 170
const barsWidth = 420
const width = left + barsWidth + 110

interface Bar {
  readonly proxy: ProxyName
  readonly value: number
}

/** Draws docs/performance.svg: processor time of a call, by proxy, in plaintext and over TLS. */
export function performanceChart({ plaintext, tls }: BenchResult): string {
  const groups = [
    ['plaintext', barsOf(plaintext.load.rows)],
    ['callers on TLS', barsOf(tls.load.rows)],
  ] as const
  const most = Math.max(...groups.flatMap(([, bars]) => bars.map(({ value }) => value)))
  let y = 44
  const parts: string[] = []
  for (const [title, bars] of groups) {
    parts.push(`<text x="16" y="${y + 14}" font-weight="600">${title}</text>`)
    y += 26
    for (const { proxy, value } of bars) {
      const length = Math.max(1, Math.round((value / most) * barsWidth))
      const middle = y + barHeight / 2 + 4
      parts.push(
        `<text x="${left - 8}" y="${middle}" text-anchor="end">${names[proxy]}</text>`,
        `<rect x="${left}" y="${y + 3}" width="${length}" height="${barHeight - 6}" fill="${colours[proxy]}"/>`,
        `<text x="${left + length + 8}" y="${middle}">${Math.round(value)} µs</text>`,
      )
      y += barHeight
    }
    y += 12
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img" font-family="system-ui, sans-serif" font-size="13" fill="#222">
<title>Processor time of a call, by proxy</title>
<rect width="${width}" height="${y}" fill="#fff"/>
<text x="16" y="26" font-size="15" font-weight="600">Processor time of a call, in microseconds</text>
${parts.join('\n')}
</svg>
`
}

function barsOf(rows: BenchResult['plaintext']['load']['rows']): readonly Bar[] {
  return rows.map(({ proxy, cpuUsPerCall }) => ({ proxy, value: cpuUsPerCall }))
}
