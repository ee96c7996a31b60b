// The few pictures of the page, drawn as lines in the colour of the text.
const shapes = {
  upload: "M10 13V4M6.5 7.5 10 4l3.5 3.5M4 13v2.5h12V13",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M4.3 15.7l1.4-1.4M14.3 5.7l1.4-1.4",
  moon: "M16 11.5A6.5 6.5 0 0 1 8.5 4a6.5 6.5 0 1 0 7.5 7.5",
  close: "M5.5 5.5l9 9M14.5 5.5l-9 9",
  down: "M5.5 8l4.5 4.5L14.5 8",
  out: "M8 4H4.5v12H8M12 6.5 15.5 10 12 13.5M15 10H8",
  person: "M10 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6M4.5 16c.6-3 2.8-4.5 5.5-4.5s4.9 1.5 5.5 4.5",
  clock: "M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M10 6.5V10l2.5 1.8",
  save: "M10 4v8M6.5 8.5 10 12l3.5-3.5M4 13v2.5h12V13",
  table: "M3.5 5h13v10h-13zM3.5 8.5h13M8 8.5V15",
  check: "M4.5 10.5 8.5 14.5 15.5 6.5",
} as const;

export function Icon({ name }: { name: keyof typeof shapes }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6"
      stroke-linecap="round" stroke-linejoin="round">
      <path d={shapes[name]} />
    </svg>
  );
}

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <path d="M4 9c5 0 5 5 10 5s5-5 10-5M4 16c5 0 5 5 10 5s5-5 10-5" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" />
      <circle cx="28" cy="9" r="2.6" fill="currentColor" />
      <circle cx="28" cy="16" r="2.6" fill="currentColor" opacity=".55" />
    </svg>
  );
}
