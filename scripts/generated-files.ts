import { z } from 'zod'
import { entryShape } from '../src/config/entry-shape.ts'
import { policyShape } from '../src/config/policy-shape.ts'
import { policyTestShape } from '../src/config/policy-test-shape.ts'
import { serviceShape } from '../src/config/service-shape.ts'
import { renderReference } from './reference-page.ts'
import { renderRequestShapes } from './request-shapes.ts'
import { renderRolesPage } from './roles-page.ts'

/** Files that are made, never edited: where each is, and what makes it. */
export const generatedFiles: readonly { readonly path: URL; readonly render: () => string }[] = [
  { path: at('src/temporal/request-shapes.ts'), render: renderRequestShapes },
  { path: at('docs/roles.md'), render: renderRolesPage },
  { path: at('docs/reference.md'), render: () => renderReference({ serviceShape, policyShape }) },
  { path: at('config/sallyport.schema.json'), render: () => renderSchema(serviceShape) },
  { path: at('config/policy.schema.json'), render: () => renderSchema(policyShape) },
  { path: at('config/audit-entry.schema.json'), render: () => renderSchema(entryShape) },
  { path: at('config/policy.test.schema.json'), render: () => renderSchema(policyTestShape) },
]

function at(path: string): URL {
  return new URL(`../${path}`, import.meta.url)
}

function renderSchema(shape: z.ZodType): string {
  return `${JSON.stringify(z.toJSONSchema(shape, { io: 'input' }), undefined, 2)}\n`
}
