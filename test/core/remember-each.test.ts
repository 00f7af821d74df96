import t from 'tap'
import { rememberEach } from '../../src/core/remember-each.ts'

void t.test(
  'what is asked again is not computed again, also where it is nothing much',
  async (t) => {
    const asked: string[] = []
    const lengthOf = rememberEach(({ name }: { readonly name: string }) => {
      asked.push(name)
      return name.length
    })
    const [one, other, empty] = [{ name: 'one' }, { name: 'one' }, { name: '' }]
    t.same([one, one, other, empty, empty].map(lengthOf), [3, 3, 3, 0, 0])
    t.same(asked, ['one', 'one', ''], 'once for each object, whatever it says')
  },
)
