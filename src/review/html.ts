/** Text that is known to be markup: only this file can make one, so nothing unescaped is in it. */
class Markup {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  static textOf(markup: Markup): string {
    return markup.#text
  }
}

/** Markup, made by `html` and by nothing else. */
export type Html = Markup

/** What can stand in markup. Texts are escaped; `undefined` and `false` leave nothing behind. */
export type HtmlValue = string | number | undefined | false | Html | readonly HtmlValue[]

/**
 * Markup from a template. Every value is escaped, in text and between the quotes of an attribute,
 * except what is markup already. There is no way to put in a text as it is.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const text = parts.map((part, at) => part + (at < values.length ? textOf(values[at]) : ''))
  return new Markup(text.join(''))
}

/** The text of markup, to be sent. */
export function markupOf(markup: Html): string {
  return Markup.textOf(markup)
}

function textOf(value: HtmlValue): string {
  if (value === undefined || value === false) return ''
  if (value instanceof Markup) return Markup.textOf(value)
  if (typeof value === 'object') return value.map(textOf).join('')
  return escaped(String(value))
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
