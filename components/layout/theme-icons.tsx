import { Monitor, Moon, Sun } from "./icons";

const look = { strokeWidth: 1.75, "aria-hidden": true } as const;

export const themeIcons = {
  system: <Monitor {...look} />,
  light: <Sun {...look} />,
  dark: <Moon {...look} />,
};
