/**
 * Resolves colour tokens (`--text`, without the dashes) to `#rrggbb` or `rgba()`, for widgets that
 * paint on a canvas and cannot read CSS variables or `light-dark()`.
 */
export function resolveColors<Token extends string>(
  document: Document,
  tokens: readonly Token[],
): Record<Token, string> {
  const probe = document.createElement('i');
  // On its way from one colour to the next it would answer the old one.
  probe.style.setProperty('transition', 'none', 'important');
  document.body.append(probe);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const colors = {} as Record<Token, string>;
  for (const token of tokens) {
    probe.style.color = `var(--${token})`;
    const computed = getComputedStyle(probe).color;
    colors[token] = context ? toRgb(context, computed) : computed;
  }
  probe.remove();
  return colors;
}

function toRgb(context: CanvasRenderingContext2D, color: string): string {
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 255] = context.getImageData(0, 0, 1, 1).data;
  if (alpha < 255) return `rgba(${red},${green},${blue},${(alpha / 255).toFixed(3)})`;
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
