// The one way to the server: typed fetch with the CSRF word and errors people can read.
import { ref } from 'vue'
import { learn } from './clock'

/** The server refused, or could not be reached; `sentence` is for a reader. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly zh: string,
    readonly en: string,
    readonly field = '',
  ) {
    super(en || code)
  }
  sentence(language: string): string {
    return (language.startsWith('zh') ? this.zh : this.en) || this.code
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>

let csrf = ''
/** Set when the server says that nobody is logged in. */
export const loggedOut = ref(0)

/** Keep the word that every writing request carries. */
export function setCsrf(word: string): void {
  csrf = word
}

/** The address of an API path with its query, empty values left out. */
export function address(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, v]) => v !== '' && v !== null && v !== undefined)
  const text = new URLSearchParams(pairs.map(([k, v]) => [k, String(v)])).toString()
  return `/api/v1${path}${text ? `?${text}` : ''}`
}

async function refusal(response: Response): Promise<ApiError> {
  const body = await response.json().catch(() => ({}))
  const fallback = `HTTP ${response.status}`
  return new ApiError(
    response.status, body.code ?? 'http', body.message_zh ?? fallback, body.message_en ?? fallback, body.field,
  )
}

async function send<T>(method: string, url: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const text = await (await answered(method, url, body, signal)).text()
  return (text ? JSON.parse(text) : null) as T
}

/** Let the browser keep the file that an answer is, under the name the server gives it. */
async function save(path: string, body: unknown): Promise<void> {
  const response = await answered('POST', address(path), body)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await response.blob())
  link.download = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? ''
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

async function answered(method: string, url: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = {}
  if (method !== 'GET') headers['X-CSRF'] = csrf
  const form = body instanceof FormData
  if (body !== undefined && !form) headers['Content-Type'] = 'application/json'
  let response: Response
  try {
    response = await fetch(url, {
      method, headers, credentials: 'same-origin', signal,
      body: form ? (body as FormData) : body === undefined ? undefined : JSON.stringify(body),
    })
  } catch {
    throw new ApiError(0, 'unreachable', '', '')
  }
  const date = Date.parse(response.headers.get('Date') ?? '')
  if (date) learn(date)
  if (response.status === 401 && !url.endsWith('/session')) loggedOut.value++
  if (!response.ok) throw await refusal(response)
  return response
}

export const api = {
  /** `signal`: who no longer wants the answer lets the server know. */
  get: <T>(path: string, query: Query = {}, signal?: AbortSignal) => send<T>('GET', address(path, query), undefined, signal),
  post: <T>(path: string, body: unknown = {}) => send<T>('POST', address(path), body),
  put: <T>(path: string, body: unknown = {}) => send<T>('PUT', address(path), body),
  del: <T>(path: string) => send<T>('DELETE', address(path)),
  save: (path: string, body: unknown = {}) => save(path, body),
}
