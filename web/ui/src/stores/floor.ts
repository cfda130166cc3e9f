// The live picture of the floor, kept by the one socket; other stores hear its events here.
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { applyDelta, emptyBoard, fromSnapshot } from '../board'
import type { LiveMessage } from '../contract'
import { Live, type Listener } from '../live'

export const useFloor = defineStore('floor', () => {
  const board = ref(emptyBoard())
  const known = ref(false)
  const engineUp = ref(true)
  const updated = ref(0)
  const hearers = new Set<Listener>()

  function take(message: LiveMessage): void {
    if (message.ev === 'board.snapshot') {
      board.value = fromSnapshot(message.data)
      known.value = true
    }
    if (message.ev === 'board.delta') applyDelta(board.value, message.data)
    if (message.ev === 'sys.engine' || message.ev === 'sys.beat') engineUp.value = message.data.up
    if (message.ts && engineUp.value) updated.value = message.ts
    for (const hear of hearers) hear(message)
  }

  const live = new Live(take)

  /** Hear every live message; gives back how to stop. */
  function hear(listener: Listener): () => void {
    hearers.add(listener)
    return () => hearers.delete(listener)
  }

  function stop(): void {
    live.stop()
    known.value = false
  }

  const groups = computed(() => Object.values(board.value.groups))
  const agents = computed(() =>
    Object.values(board.value.agents).sort((a, b) => a.number.localeCompare(b.number)),
  )

  return { board, known, engineUp, updated, link: live.state, start: () => live.start(), stop, hear, groups, agents }
})
