/** Many buttons that are one stop of the Tab key. */

/** Has the arrow keys, Home and End move among a group's buttons, of which Tab reaches the one that had the focus last. */
export function oneStop(group: HTMLElement): void {
  const buttons = (): HTMLElement[] => [...group.querySelectorAll<HTMLElement>("button, a")];
  const reach = (one: HTMLElement | undefined): void => {
    for (const each of buttons()) each.tabIndex = each === one ? 0 : -1;
  };
  reach(buttons()[0]);
  group.addEventListener("focusin", ({ target }) => reach(target as HTMLElement));
  group.addEventListener("keydown", (event) => {
    const all = buttons();
    const topOf = (one: HTMLElement): number => one.getBoundingClientRect().top;
    const columns = all.filter((one) => topOf(one) === topOf(all[0])).length;
    const at = all.indexOf(event.target as HTMLElement);
    const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    const ends: Readonly<Record<string, number>> = { Home: 0, End: all.length - 1 };
    const next = all[event.key in ends ? ends[event.key] : at + (steps[event.key] ?? Number.NaN)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}
