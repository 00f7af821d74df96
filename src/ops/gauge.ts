import { Gauge, type Registry } from 'prom-client'

/** A gauge by its name, and what it says. */
export interface GaugeParts {
  readonly name: string
  readonly help: string
  /** Asked for when metrics are read. */
  readonly value: () => number
}

/** Registers a gauge whose value is asked for when metrics are read. */
export function registerGauge({ name, help, value }: GaugeParts, registers: Registry[]): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(value())
    },
  })
}
