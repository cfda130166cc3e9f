// Which page stands at which address, and who may see it.
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { ADMIN, CALLS } from './rights'
import { useSession } from './stores/session'
import { t } from './words'

declare module 'vue-router' {
  interface RouteMeta { open?: boolean; rights?: readonly string[]; title?: string }
}

const routes: RouteRecordRaw[] = [
  { path: '/', component: () => import('./pages/LoginPage.vue') },
  { path: '/login', component: () => import('./pages/LoginPage.vue'), meta: { open: true, title: 'login' } },
  { path: '/desk', component: () => import('./pages/DeskPage.vue'), meta: { title: 'desk' } },
  { path: '/live', component: () => import('./pages/LivePage.vue'), meta: { rights: ['board.see'], title: 'live' } },
  { path: '/calls', component: () => import('./pages/CallsPage.vue'), meta: { rights: CALLS, title: 'calls' } },
  { path: '/calls/:id', component: () => import('./pages/CallPage.vue'), meta: { rights: CALLS, title: 'call' } },
  { path: '/messages', component: () => import('./pages/MessagesPage.vue'), meta: { rights: ['messages.see'], title: 'messages' } },
  { path: '/reports/:kind?', component: () => import('./pages/ReportsPage.vue'), meta: { rights: ['reports.see'], title: 'reports' } },
  { path: '/admin/:part?', component: () => import('./pages/AdminPage.vue'), meta: { rights: ADMIN, title: 'admin' } },
  { path: '/flows/:name', component: () => import('./pages/FlowPage.vue'), meta: { rights: ['flows.see'], title: 'flows' } },
  { path: '/me', component: () => import('./pages/MePage.vue'), meta: { title: 'me' } },
  { path: '/call/:token', component: () => import('./pages/TestCallPage.vue'), meta: { open: true, title: 'test' } },
  { path: '/:rest(.*)*', component: () => import('./pages/NothingPage.vue'), meta: { open: true, title: 'nothing' } },
]

export const router = createRouter({ history: createWebHistory(), routes })

const FIRST: [string, readonly string[]][] = [['/live', ['board.see']], ['/calls', CALLS], ['/admin', ADMIN]]

/** The first page of whoever is logged in. */
export function home(): string {
  const session = useSession()
  if (!session.me) return '/login'
  if (session.me.agent) return '/desk'
  return FIRST.find(([, rights]) => session.may(rights))?.[0] ?? '/me'
}

router.beforeEach(async (to) => {
  if (to.meta.open) return true
  const session = useSession()
  if (!session.me) {
    try {
      await session.load()
    } catch {
      return { path: '/login', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
    }
  }
  if (session.me?.must_change && to.path !== '/me') return '/me'
  if (to.path === '/' || (to.path === '/desk' && !session.me?.agent)) return home()
  if (!session.may(to.meta.rights)) return home()
  return true
})

router.afterEach((to) => {
  document.title = `${t(`page.${to.meta.title ?? 'desk'}`)} · ${t('product')}`
})
