import type { Translation } from '../en';
import type { editorEn } from '../en/editor';

/** 代码编辑器的文字。 */
export const editorZhCn: Translation<typeof editorEn> = {
  'editor.keys': 'Tab 键缩进。先按 Escape 再按 Tab 可离开编辑器。',
  'editor.place': '第 {line} 行，第 {column} 列',
  'editor.failed': '编辑器无法加载。可以使用此普通文本框代替。',
  'editor.find': '查找',
  'editor.replaceWith': '替换为',
  'editor.next': '下一个',
  'editor.previous': '上一个',
  'editor.all': '全部',
  'editor.matchCase': '区分大小写',
  'editor.regexp': '正则表达式',
  'editor.byWord': '全字匹配',
  'editor.replace': '替换',
  'editor.replaceAll': '全部替换',
  'editor.currentMatch': '当前匹配',
  'editor.onLine': '所在行',
  'editor.replacedMany': '已替换 $ 处',
  'editor.replacedOne': '已替换第 $ 行的匹配',
  'editor.goToLine': '转到行',
  'editor.go': '转到',
  'editor.controlCharacter': '控制字符',
};
