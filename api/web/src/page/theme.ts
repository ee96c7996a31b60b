// Light or dark: as the system says, unless somebody chose.
import { computed, effect, signal } from "@preact/signals";
import { dark, light, type Palette } from "../graph/heat";

export type Theme = "system" | "light" | "dark";

const key = "weir.theme";
const query = matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(query.matches);
query.addEventListener("change", () => { systemDark.value = query.matches; });

const kept = localStorage.getItem(key);
export const theme = signal<Theme>(kept === "light" || kept === "dark" ? kept : "system");
export const isDark = computed(() => theme.value === "dark" || (theme.value === "system" && systemDark.value));
export const palette = computed<Palette>(() => (isDark.value ? dark : light));

effect(() => {
  document.documentElement.dataset.theme = isDark.value ? "dark" : "light";
});

export function toggleTheme(): void {
  theme.value = isDark.value ? "light" : "dark";
  localStorage.setItem(key, theme.value);
}
