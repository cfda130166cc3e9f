import { describe, expect, it } from 'vitest'
import { clockTime, day, duration, instant, learn, now, preset } from '../src/clock'

describe('times', () => {
  it('writes durations as mm:ss and hours where there are some', () => {
    expect([0, 59.9, 60, 3599, 3600, 36_061].map(duration)).toEqual(['00:00', '00:59', '01:00', '59:59', '1:00:00', '10:01:01'])
    expect([null, undefined, Number.NaN].map((x) => duration(x))).toEqual(['–', '–', '–'])
    expect(duration(-3)).toBe('00:00')
  })

  it('writes instants in Shanghai time', () => {
    const ms = Date.UTC(2026, 10, 22, 16, 5, 9)
    expect(instant(ms)).toBe('2026-11-23 00:05:09')
    expect(clockTime(ms)).toBe('00:05:09')
    expect(day(ms)).toBe('2026-11-23')
    expect(instant(null)).toBe('–')
  })

  it('knows the ranges people ask for', () => {
    const at = Date.UTC(2026, 10, 30, 17)
    expect(preset('today', at)).toEqual(['2026-12-01', '2026-12-01'])
    expect(preset('yesterday', at)).toEqual(['2026-11-30', '2026-11-30'])
    expect(preset('week', at)).toEqual(['2026-11-25', '2026-12-01'])
    expect(preset('month', at)).toEqual(['2026-12-01', '2026-12-01'])
  })

  it('follows the freshest stamp of the server and not an old one', () => {
    learn(Date.now() + 5000)
    learn(Date.now() - 60_000)
    expect(Math.abs(now() - Date.now() - 5000)).toBeLessThan(50)
  })
})
