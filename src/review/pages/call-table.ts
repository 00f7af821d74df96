import { html, type Html } from '../html.ts'
import type { CallRow } from '../review-index.ts'
import { callCells, type CallCells } from './call-cells.ts'
import { shown } from './shown.ts'

const columns = ['Time (UTC)', 'Outcome', 'Method', 'Workflow', 'Caller', 'Code or rule', 'Took']

const nothing: CallCells = {
  key: '',
  tone: '',
  href: '/review',
  at: undefined,
  time: '',
  mark: '',
  status: '',
  method: '',
  namespace: '',
  workflowType: '',
  workflowId: '',
  project: '',
  caller: '',
  why: '',
  took: '',
}

/**
 * Calls as a table. The roles are written out because narrow screens show rows as cards, and without
 * them browsers would no longer tell that it is a table.
 */
export function callTable(caption: string, rows: readonly CallRow[]): Html {
  return html`<table class="calls" role="table" id="calls">
    <caption>
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map((column) => html`<th role="columnheader" scope="col">${column}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map((row) => callRow(callCells(row)))}
    </tbody>
  </table>`
}

/** An empty row for the script of the live view, which fills in texts and makes no markup. */
export function rowTemplate(): Html {
  return html`<template id="row">${callRow(nothing)}</template>`
}

function callRow(cells: CallCells): Html {
  const { key, tone, href, at } = cells
  const time = html`<time datetime="${at}">${cells.time}</time>`
  return html`<tr role="row" data-key="${key}" data-tone="${tone}">
    <th role="rowheader" scope="row">
      ${href === undefined ? time : html`<a href="${href}">${time}</a>`}
    </th>
    <td role="cell" data-label="Outcome">
      <span class="status"
        ><span class="mark" aria-hidden="true" data-slot="mark">${cells.mark}</span
        ><span data-slot="status">${cells.status}</span></span
      >
    </td>
    <td role="cell" data-label="Method">
      <div>${text('method', cells)}${small('namespace', cells)}</div>
    </td>
    <td role="cell" data-label="Workflow">
      <div>${text('workflowType', cells)}${small('workflowId', cells)}</div>
    </td>
    <td role="cell" data-label="Caller">
      <div>${text('project', cells)}${small('caller', cells)}</div>
    </td>
    <td role="cell" data-label="Code or rule">${text('why', cells)}</td>
    <td role="cell" data-label="Took">${text('took', cells)}</td>
  </tr> `
}

type Slot = Exclude<keyof CallCells, 'key' | 'tone' | 'href' | 'at'>

function text(slot: Slot, cells: CallCells): Html {
  return html`<span class="text" data-slot="${slot}">${shown(cells[slot])}</span>`
}

function small(slot: Slot, cells: CallCells): Html {
  return html`<small class="text" data-slot="${slot}">${shown(cells[slot])}</small>`
}
