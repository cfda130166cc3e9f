// The words of the flow pages, joined to the others only when such a page is opened.
import { i18n } from '../words'
import en from './text/en'
import zh from './text/zh-CN'

i18n.global.mergeLocaleMessage('zh-CN', zh)
i18n.global.mergeLocaleMessage('en', en as unknown as typeof zh)
