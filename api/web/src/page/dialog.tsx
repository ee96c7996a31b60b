// A sheet over the page: the browser's own dialog holds the focus and closes on Escape.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icons";

export function Dialog({ title, wide, onClose, children }: {
  title: string; wide?: boolean; onClose: () => void; children: ComponentChildren;
}) {
  const sheet = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = sheet.current!;
    element.showModal();
    return () => element.close();
  }, []);
  return (
    <dialog ref={sheet} class={wide ? "sheet wide" : "sheet"} aria-label={title}
      onCancel={(event) => { event.preventDefault(); onClose(); }}
      onMouseDown={(event) => { if (event.target === sheet.current) onClose(); }}>
      <div class="sheet-inside">
        <header class="sheet-head">
          <h2>{title}</h2>
          <button type="button" class="plain" aria-label="Close" onClick={onClose}><Icon name="close" /></button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

/// A small panel that opens under its button and closes when one leaves it.
export function Popover({ label, button, children }: {
  label: string; button: ComponentChildren; children: (close: () => void) => ComponentChildren;
}) {
  const holder = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (!holder.current?.open) return;
    holder.current.open = false;
    holder.current.querySelector("summary")?.focus();
  };
  useEffect(() => {
    const outside = (event: Event): void => {
      if (holder.current?.open && !holder.current.contains(event.target as Node)) holder.current.open = false;
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  return (
    <details class="popover" ref={holder} onKeyDown={(event) => { if (event.key === "Escape") close(); }}>
      <summary aria-label={label} role="button">{button}</summary>
      <div class="popover-body">{children(close)}</div>
    </details>
  );
}
