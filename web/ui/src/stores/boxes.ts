// How many messages nobody has listened to in one's own boxes: counted at start, at news and on use.
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { api } from '../api'
import { tellMessage } from '../words'
import { useFloor } from './floor'

const ROWS_FOLLOW_MS = 1500

export const useBoxes = defineStore('boxes', () => {
  const unheard = ref(0)
  /** Counts up at each new message, for a list that is open. */
  const news = ref(0)
  let leave: (() => void) | null = null

  async function count(): Promise<void> {
    unheard.value = (await api.get<{ unheard: number }>('/messages/unheard')).unheard
  }

  function start(): void {
    stop()
    void count().catch(() => null)
    leave = useFloor().hear((message) => {
      if (message.ev !== 'message.left') return
      unheard.value++
      tellMessage(message.data)
      // the row is written a moment after the news
      window.setTimeout(() => {
        news.value++
        void count().catch(() => null)
      }, ROWS_FOLLOW_MS)
    })
  }

  function stop(): void {
    leave?.()
    leave = null
    unheard.value = 0
  }

  return { unheard, news, count, start, stop }
})
