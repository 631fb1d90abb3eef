/** The buttons that copy code, those that come later included. */
export function copyButtons(): void {
  document.addEventListener("click", copy);
}

async function copy({ target }: Event): Promise<void> {
  const button = target instanceof Element ? target.closest<HTMLButtonElement>("[data-copy]") : null;
  if (!button) return;
  await navigator.clipboard.writeText(button.closest("figure")?.querySelector("code")?.textContent ?? "");
  const [label] = button.childNodes;
  label.textContent = "Copied";
  setTimeout(() => (label.textContent = "Copy"), 2000);
}
