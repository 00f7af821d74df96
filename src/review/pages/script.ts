import { oddCharacters } from './shown.ts'

/**
 * The script of the page. Everything but the live view works without it. It makes no markup: it copies
 * an empty row that the server sent, and fills in texts.
 */
export const pageScript = `'use strict'
const rowsMax = 200
const announceMs = 3000
const odd = /(${oddCharacters})/u

/** Puts in a text as the server does: odd characters are there, and show their code. */
function fill(place, text) {
  const isolated = place.querySelector('bdi')
  if (isolated === null) {
    place.textContent = text
    return
  }
  isolated.replaceChildren(
    ...text.split(odd).map((part, at) => {
      if (at % 2 === 0) return part
      const shown = document.createElement('span')
      shown.className = 'odd'
      shown.dataset.code = 'U+' + part.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')
      shown.textContent = part
      return shown
    }),
  )
}

function rowOf(cells, template) {
  const row = template.content.firstElementChild.cloneNode(true)
  row.dataset.key = cells.key
  row.dataset.tone = cells.tone
  const link = row.querySelector('a')
  const time = row.querySelector('time')
  time.textContent = cells.time
  if (cells.at) time.dateTime = cells.at
  if (cells.href && cells.href.startsWith('/review/calls/')) link.href = cells.href
  else link.replaceWith(time)
  for (const place of row.querySelectorAll('[data-slot]')) fill(place, cells[place.dataset.slot] ?? '')
  return row
}

function watch(panel) {
  const body = document.querySelector('#calls tbody')
  const template = document.querySelector('#row')
  const state = document.querySelector('#live-state')
  const pause = document.querySelector('#live-pause')
  const waiting = new Map()
  let told = { calls: 0, refused: 0, isCut: false }
  let timer
  const say = (text) => {
    if (state.textContent !== text) state.textContent = text
  }
  const isPaused = () => pause.getAttribute('aria-pressed') === 'true'

  /** One sentence now and then is enough to listen to. */
  function announce() {
    timer = undefined
    const { calls, refused, isCut } = told
    told = { calls: 0, refused: 0, isCut: false }
    const more = isCut ? ' There are more than can be shown here.' : ''
    say(calls + (calls === 1 ? ' call' : ' calls') + ' new or ended, ' + refused + ' refused.' + more)
  }

  function show(rows) {
    // They come newest first, and each is put above the one before it.
    for (const cells of rows.toReversed()) {
      const row = rowOf(cells, template)
      row.classList.add('new')
      const old = body.querySelector('[data-key="' + CSS.escape(cells.key) + '"]')
      if (old === null) {
        const next = [...body.rows].find((other) => Number(other.dataset.key) < Number(cells.key))
        body.insertBefore(row, next ?? null)
      } else {
        // Whoever reads by keyboard stays where they are.
        const isFocused = old.contains(document.activeElement)
        old.replaceWith(row)
        if (isFocused) row.querySelector('a')?.focus()
      }
    }
    while (body.rows.length > rowsMax) body.lastElementChild.remove()
  }

  pause.addEventListener('click', () => {
    const wasPaused = isPaused()
    pause.setAttribute('aria-pressed', String(!wasPaused))
    pause.textContent = wasPaused ? 'Pause' : 'Go on'
    if (wasPaused) {
      show([...waiting.values()].sort((one, other) => Number(other.key) - Number(one.key)))
      waiting.clear()
      say('Live.')
    } else {
      say('Paused.')
    }
  })

  document.querySelector('#live-refused').addEventListener('change', (change) => {
    document.querySelector('#calls').classList.toggle('refused-only', change.target.checked)
  })

  const query = new URLSearchParams({ session: panel.dataset.live, after: panel.dataset.after })
  const source = new EventSource('/review/live/rows?' + query)
  source.onopen = () => say(isPaused() ? 'Paused.' : 'Live.')
  source.onerror = () => {
    say(
      source.readyState === EventSource.CLOSED
        ? 'Not live any more. Load the page again to go on.'
        : 'Connecting again …',
    )
  }
  source.onmessage = ({ data }) => {
    const { rows, isCut } = JSON.parse(data)
    if (rows.length === 0) return
    if (isPaused()) {
      for (const cells of rows) {
        waiting.delete(cells.key)
        waiting.set(cells.key, cells)
      }
      // The oldest would be cut off anyway.
      for (const key of waiting.keys()) if (waiting.size > rowsMax) waiting.delete(key)
      say('Paused, ' + waiting.size + (waiting.size === rowsMax ? ' or more' : '') + ' waiting.')
      return
    }
    show(rows)
    told.calls += rows.length
    told.refused += rows.filter(({ tone }) => tone === 'bad').length
    told.isCut ||= isCut
    timer ??= setTimeout(announce, announceMs)
  }
  addEventListener('pagehide', () => source.close())
  panel.hidden = false
  document.querySelector('#live-still').hidden = true
}

/** Loads the result of a check once it is there. */
function await_(shown) {
  const ask = async () => {
    const answer = await fetch('/review/verify/state').catch(() => undefined)
    const state = answer?.ok ? await answer.json() : { running: true }
    if (state.running) setTimeout(ask, 1000)
    else location.reload()
  }
  setTimeout(ask, 1000)
}

const live = document.querySelector('[data-live]')
if (live !== null) watch(live)
const verifying = document.querySelector('[data-verifying]')
if (verifying !== null) await_(verifying)
`
