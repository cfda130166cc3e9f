import { describe, expect, it } from 'vitest'
import { callsBehind, isText, sorted, written } from '../src/report'

const column = (id: string, unit = '次') => ({ id, zh: id, en: id, unit })
const query = { from: '2026-11-01', to: '2026-11-07', hotline: '', group: '', agent: '' }

describe('a report', () => {
  it('writes figures by their unit', () => {
    expect(written(61.4, '秒')).toBe('01:01')
    expect(written(83.333, '%')).toBe('83.3%')
    expect(written(12_345, '次')).toBe('12,345')
    expect(written(4.5, '分')).toBe('4.50')
    expect(written(null, '%')).toBe('–')
    expect(isText(column('group', ''))).toBe(true)
  })

  it('leads from a number to its calls', () => {
    expect(callsBehind(column('answered'), { group: 'vip', answered: 3 }, query)).toEqual({ from: '2026-11-01', to: '2026-11-07', group: 'vip', outcome: 'answered' })
    expect(callsBehind(column('entered'), { bucket: '2026-11-03 10:00', entered: 3 }, query)).toEqual({ from: '2026-11-03', to: '2026-11-03' })
    expect(callsBehind(column('answered'), { answered: 0 }, query)).toBeNull()
    expect(callsBehind(column('asa', '秒'), { asa: 9 }, query)).toBeNull()
  })

  it('leads from calls out to calls out', () => {
    const row = { agent: '8001', dialled: 4, lost: 1 }
    expect(callsBehind(column('dialled'), row, query)).toEqual({ from: '2026-11-01', to: '2026-11-07', agent: '8001', direction: 'out' })
    expect(callsBehind(column('lost'), row, query)).toMatchObject({ outcome: 'lost', direction: 'out' })
  })

  it('sorts by size with nothing last', () => {
    const rows = [{ n: 9 }, { n: null }, { n: 10 }]
    expect(sorted(rows, 'n', true).map((r) => r.n)).toEqual([10, 9, null])
    expect(sorted(rows, 'n', false).map((r) => r.n)).toEqual([9, 10, null])
  })
})
