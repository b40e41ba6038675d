"use client";

import { type LucideIcon, Monitor, Moon, Sun } from "lucide-react";
import { Segmented } from "@/components/ui/segmented";
import { type Theme, themes, useTheme } from "@/lib/client/theme";

const looks: Record<Theme, { label: string; icon: LucideIcon }> = {
  system: { label: "As the system", icon: Monitor },
  light: { label: "Light", icon: Sun },
  dark: { label: "Dark", icon: Moon },
};

export function ThemeSwitch() {
  const [theme, setTheme] = useTheme();
  return (
    <Segmented
      label="Theme"
      value={theme}
      onChange={setTheme}
      className="flex [&>button]:flex-1 [&>button]:px-0"
      options={themes.map((value) => {
        const { label, icon: Icon } = looks[value];
        return { value, label, content: <Icon strokeWidth={1.75} aria-hidden="true" /> };
      })}
    />
  );
}
