/** Hands a text to the browser as a file to keep. */
export function saveFile(
  document: Document,
  file: { readonly name: string; readonly type: string; readonly text: string },
): void {
  const url = URL.createObjectURL(new Blob([file.text], { type: file.type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = file.name;
  link.click();
  // The download has its own hold on the data from here on.
  URL.revokeObjectURL(url);
}
