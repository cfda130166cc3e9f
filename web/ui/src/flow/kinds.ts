// How each kind of node looks: its icon, and the family that gives its colour.
import {
  AlarmClock, Avatar, Back, ChatDotRound, ChatLineSquare, Clock, Connection, EditPen, Files, Grid, Headset, Key,
  Microphone, Phone, QuestionFilled, Share, Star, SwitchButton, User, VideoPlay,
} from '@element-plus/icons-vue'
import type { Component } from 'vue'

export type Family = 'says' | 'asks' | 'decides' | 'person' | 'ends' | 'other'
const LOOKS: Record<string, [Component, Family]> = {
  play: [VideoPlay, 'says'], say: [ChatDotRound, 'says'], menu: [Grid, 'asks'], collect: [Key, 'asks'], language: [ChatLineSquare, 'asks'],
  hours: [Clock, 'decides'], staffed: [User, 'decides'], branch: [Share, 'decides'], http: [Connection, 'decides'], set: [EditPen, 'decides'],
  group: [Headset, 'person'], agent: [Avatar, 'person'], number: [Phone, 'person'], callback: [AlarmClock, 'person'],
  voicemail: [Microphone, 'ends'], survey: [Star, 'ends'], hang_up: [SwitchButton, 'ends'], return: [Back, 'ends'], flow: [Files, 'other'],
}

export const iconOf = (kind: string): Component => LOOKS[kind]?.[0] ?? QuestionFilled
export const familyOf = (kind: string, person = false): Family => LOOKS[kind]?.[1] ?? (person ? 'person' : 'other')
