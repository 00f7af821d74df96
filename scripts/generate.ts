import { writeFileSync } from 'node:fs'
import { renderRequestShapes } from './request-shapes.ts'

const target = new URL('../src/temporal/request-shapes.ts', import.meta.url)
writeFileSync(target, renderRequestShapes())
console.log(`wrote ${target.pathname}`)
