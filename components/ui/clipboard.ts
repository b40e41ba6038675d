/** Plain http has no clipboard API; there a selected field beside what was pressed is copied from. */
export async function writeClipboard(text: string, near: HTMLElement): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text);
  const { activeElement } = document;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "sr-only";
  near.after(field);
  field.select();
  document.execCommand("copy");
  field.remove();
  if (activeElement instanceof HTMLElement) activeElement.focus({ preventScroll: true });
}
