"use client";

import type { ReactNode } from "react";
import { Segmented } from "@/components/ui/segmented";
import { type Theme, themes, useTheme } from "@/lib/client/theme";

const labels: Record<Theme, string> = { system: "As the system", light: "Light", dark: "Dark" };

export function ThemeSwitch({ icons }: { icons: Record<Theme, ReactNode> }) {
  const [theme, setTheme] = useTheme();
  return (
    <Segmented
      label="Theme"
      value={theme}
      onChange={setTheme}
      className="flex [&>button]:flex-1 [&>button]:px-0"
      options={themes.map((value) => ({ value, label: labels[value], content: icons[value] }))}
    />
  );
}
