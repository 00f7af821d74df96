import t from 'tap'
import { html, markupOf } from '../../../src/review/html.ts'
import { formToken, pageText } from '../../../src/review/pages/layout.ts'
import { loopbackReviewer } from '../../support/review-page.ts'

const main = html`<h1>Hello</h1>`
const person = { ...loopbackReviewer, name: 'gitlab.com/<ada>', via: 'login' } as const

t.test('a page has a language, a title, a way past the navigation, and landmarks', async (t) => {
  const text = pageText({ title: 'Call <d-7>', reviewer: loopbackReviewer, main })
  t.match(text, /^<!doctype html>\s*<html lang="en">/)
  t.match(text, '<title>Call &lt;d-7&gt; · Sallyport audit review</title>')
  t.match(text, '<a class="skip" href="#main">')
  t.match(text, /<main id="main" tabindex="-1">\s*<h1>Hello<\/h1>/)
  t.match(text, /<header>.*<nav aria-label="Sections">.*<\/header>/s)
})

t.test('it loads what is its own, and has no script or style of its own', async (t) => {
  const text = pageText({ title: 'T', reviewer: loopbackReviewer, main })
  const loaded = [...text.matchAll(/(?:src|<link [^>]*href)="(.*?)"/g)].map(([, url]) => url)
  t.match(loaded, [/^data:image\/svg/, '/review/style.css', '/review/script.js'])
  t.notMatch(text, /<style| style=| on\w+=|<script>/)
})

t.test('the section that one is in is marked', async (t) => {
  const text = pageText({ title: 'T', reviewer: loopbackReviewer, section: 'live', main })
  t.match(text, /<a href="\/review\/live"\s+aria-current="page"\s*>/)
  t.equal(text.match(/aria-current/g)?.length, 1)
})

t.test('who logged in is named and can log out; a machine has nothing to log out of', async (t) => {
  const text = pageText({ title: 'T', reviewer: person, main })
  t.match(text, '<bdi>gitlab.com/&lt;ada&gt;</bdi>')
  t.match(
    text,
    /method="post" action="\/review\/logout">\s*<input type="hidden" name="form_token" value="the-form-token"/,
  )
  const local = pageText({ title: 'T', reviewer: loopbackReviewer, main })
  t.notMatch(local, /logout|the-form-token/)
  t.match(local, 'From this machine')
})

t.test('nobody sees the sections', async (t) => {
  t.notMatch(pageText({ title: 'T', reviewer: undefined, main }), /<nav|logout/)
})

t.test('a form sends its token back', async (t) => {
  const token = markupOf(formToken({ ...loopbackReviewer, formToken: 'a"b' }))
  t.equal(token, '<input type="hidden" name="form_token" value="a&quot;b" />')
})
