/** The sites somebody typed or pasted, separated by spaces, commas or lines; of addresses, the host. */
export function targetsIn(text: string): readonly string[] {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  return [...new Set(words.map((word) => word.replace(/^https?:\/\//i, '').replace(/\/.*$/, '')))];
}
