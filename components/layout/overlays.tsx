"use client";

import { createContext, type ReactNode, use, useState } from "react";
import { lazily } from "@/components/ui/lazily";
import { useKeys } from "./keys";

export type Overlay = "shortcuts" | "more";

const ShortcutsSheet = lazily(() => import("./shortcuts-sheet").then((m) => m.ShortcutsSheet));
const MoreSheet = lazily(() => import("./more-sheet").then((m) => m.MoreSheet));

const OpenOverlay = createContext<(overlay: Overlay) => void>(() => {});

export function useOpenOverlay() {
  return use(OpenOverlay);
}

/** The sheets that any page can open; each is loaded when it is asked for. */
export function Overlays({ children }: { children: ReactNode }) {
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const close = () => setOverlay(null);
  useKeys({ "?": () => setOverlay("shortcuts") });

  return (
    <OpenOverlay value={setOverlay}>
      {children}
      {overlay === "shortcuts" ? <ShortcutsSheet onClose={close} /> : null}
      {overlay === "more" ? (
        <MoreSheet onClose={close} onShortcuts={() => setOverlay("shortcuts")} />
      ) : null}
    </OpenOverlay>
  );
}
