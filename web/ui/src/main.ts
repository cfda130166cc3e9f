// Starts the pages.
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'
import './style.css'
import { i18n, language, speak } from './words'

speak(language())
createApp(App).use(createPinia()).use(i18n).use(router).mount('#app')
