// A file that somebody picks and sends: the picker, whether it is under way, what is said then.
import { ref } from 'vue'
import { api } from './api'
import { complain, confirmDone, t } from './words'

/** Send what `input` picks to `path()`; then `said` is told and `done` called. */
export function useUpload(path: () => string, said: string, done: () => void) {
  const input = ref<HTMLInputElement | null>(null)
  const working = ref(false)

  async function send(): Promise<void> {
    const file = input.value?.files?.[0]
    if (!file) return
    const form = new FormData()
    form.append('file', file)
    working.value = true
    try {
      await api.post(path(), form)
      confirmDone(t(said))
      done()
    } catch (error) {
      complain(error)
    } finally {
      working.value = false
      if (input.value) input.value.value = ''
    }
  }
  return { input, working, send }
}
