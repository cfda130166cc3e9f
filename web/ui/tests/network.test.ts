// Which servers a call of the page may ask: none on the direct way, only our relays on the other.
import { describe, expect, it } from 'vitest'
import { route } from '../src/network'

const ice = [{ urls: ['turn:turn.example:3478?transport=udp'], username: '4600:8001', credential: 'x', until: 4_600_000 }]
const login = { username: 'w8001', password: 'x', domain: 'pbx.example', ws: '/sip', ice }

describe('route', () => {
  it('asks no server on the direct way, so that none can slow a call', () => {
    expect(route('direct', login)).toEqual({ iceServers: [] })
  })
  it('takes nothing but the relay where the test found only that', () => {
    expect(route('relay', login)).toEqual({ iceServers: ice, iceTransportPolicy: 'relay' })
  })
})
